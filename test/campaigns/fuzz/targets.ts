// The targets of the fuzzer, by name.
import { startConfig } from './config.ts';
import { startHttp } from './http.ts';
import { startListing } from './listing.ts';
import { startMail } from './mail.ts';
import { startRules } from './rules.ts';
import type { Start } from './target.ts';
import { startWire } from './wire.ts';

export const TARGETS = {
  wire: () => startWire(),
  listing: () => startListing(),
  rules: () => startRules(),
  config: () => startConfig(),
  http: () => startHttp(),
  mail: () => startMail(),
} satisfies Readonly<Record<string, Start>>;

export function isTarget(name: string): name is keyof typeof TARGETS {
  return Object.hasOwn(TARGETS, name);
}
