// Views in which whatever comes from outside has its secrets taken out. Our own words are left alone: in a finished page a secret that is
// also one of them would break it, and show itself by the gap.
import type { Views } from './views.ts';

/** Texts of these names, and lists of texts, are words of ours. */
const OURS: ReadonlySet<string> = new Set([
  ...['kind', 'state', 'channel', 'condition', 'conditions', 'process_status', 'status', 'result', 'role', 'trouble'],
  ...['version', 'timeZone'],
]);

export function withoutSecrets(views: Views, scrub: (text: string) => string): Views {
  return {
    ...views,
    frame: (now) => scrubbed(views.frame(now), scrub),
    home: async (now, query) => scrubbed(await views.home(now, query), scrub),
    upload: async (id) => scrubbed(await views.upload(id), scrub),
  };
}

/** A copy of plain data, with every text in it scrubbed but those that are ours. */
export function scrubbed<Data>(data: Data, scrub: (text: string) => string): Data {
  return scrubbedValue(data, scrub) as Data;
}

function scrubbedValue(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((each) => scrubbedValue(each, scrub));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, isOurs(name, each) ? each : scrubbedValue(each, scrub)]),
  );
}

function isOurs(name: string, value: unknown): boolean {
  if (!OURS.has(name)) return false;
  return Array.isArray(value) ? value.every((each) => typeof each === 'string') : typeof value === 'string';
}
