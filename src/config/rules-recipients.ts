// The key `recipients` of a rules file: what a reader of mails wishes; so far their time zone.
import { isMap, isScalar, isSeq } from 'yaml';
import { addressOf } from '../domain/message/reader.ts';
import type { RecipientWishes } from '../domain/notify/routing.ts';
import { zoneNamed } from './time-zone.ts';
import { closest } from '../domain/text/closest.ts';
import { mailAddress } from './mail-addresses.ts';
import { excerpt } from './value-parsers.ts';

type Problem = (node: unknown, sentence: string) => void;

const EXAMPLE = '- { mail: ada@lab.example, time_zone: Europe/Berlin }';
const KEYS = ['mail', 'time_zone'];

/** `node` undefined: the key is not there. What could not be read is left out; it was reported. */
export function readRecipientWishes(node: unknown, problem: Problem): readonly RecipientWishes[] {
  if (node === undefined) return [];
  if (!isSeq(node)) {
    problem(node, 'recipients is a list; start each item with a dash');
    return [];
  }
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    const read = readRecipient(item, problem);
    if (read === null) return [];
    const address = addressOf(read.mail);
    if (seen.has(address)) problem(item, `${excerpt(address)} is named twice; keep one`);
    seen.add(address);
    return [read];
  });
}

function readRecipient(item: unknown, problem: Problem): RecipientWishes | null {
  if (!isMap(item)) {
    problem(item, `a recipient is a mapping; write for example ${EXAMPLE}`);
    return null;
  }
  for (const { key } of item.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const near = closest(name, KEYS);
    const hint = near === null ? 'a recipient has the keys mail and time_zone' : `did you mean ${near}?`;
    if (!KEYS.includes(name)) problem(key, `there is no key "${excerpt(name)}" here; ${hint}`);
  }
  const [mail, timeZone] = [item.get('mail', true), item.get('time_zone', true)];
  if (mail === undefined || timeZone === undefined) {
    problem(item, `${mail === undefined ? 'mail' : 'time_zone'} is missing; write for example ${EXAMPLE}`);
    return null;
  }
  const address = mailAddress(textIn(mail));
  if ('problem' in address) problem(mail, address.problem);
  const zone = zoneNamed(textIn(timeZone));
  if (zone === null)
    problem(timeZone, `"${excerpt(textIn(timeZone))}" is not a valid time zone; write for example Europe/Berlin`);
  return 'value' in address && zone !== null ? { mail: address.value, timeZone: zone } : null;
}

function textIn(node: unknown): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}
