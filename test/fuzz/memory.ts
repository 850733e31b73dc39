// What the state may remember of uploads beside what NOMAD says of them.
import fc from 'fast-check';
import type { Watched } from '../../src/domain/upload.ts';
import { MINUTE, T0 } from '../support/builders.ts';

export type Memory = Omit<Watched, 'upload'>;

const time = fc.integer({ min: -500, max: 500 }).map((minutes) => T0 + minutes * MINUTE);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

/** Objects as JSON makes them. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });

const memory: fc.Arbitrary<Memory> = plain({
  lastResult: maybe(fc.constantFrom('succeeded', 'failed')),
  statusSince: time,
  activeSince: maybe(time),
  changedAt: maybe(time),
  absence: maybe(plain({ since: time, askAt: time })),
  progress: maybe(
    plain({
      signature: fc.string(),
      since: time,
      stuck: fc.boolean(),
      counts: maybe(plain({ text: fc.string(), since: time, askedAt: time })),
    }),
  ),
  inspection: maybe(plain({ completeTime: time, askAt: maybe(time), tries: fc.nat(30), failed: maybe(fc.nat(9)) })),
});

export const memories = fc.array(memory, { minLength: 1, maxLength: 4 });
