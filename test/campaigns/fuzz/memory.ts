// What the state may remember of uploads beside what NOMAD says of them.
import fc from 'fast-check';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { MINUTE, T0 } from '../../support/builders.ts';

export type Memory = Omit<TrackedUpload, 'upload'>;

const time = fc.integer({ min: -500, max: 500 }).map((minutes) => T0 + minutes * MINUTE);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

/** Objects as JSON makes them. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });

const process = maybe(fc.constantFrom('process_upload', 'edit_upload_metadata', 'publish_upload', 'unheard_of'));

const memory: fc.Arbitrary<Memory> = plain({
  lastResult: maybe(fc.constantFrom('succeeded', 'failed', 'stopped')),
  failure: maybe(plain({ process, reason: maybe(fc.string()), since: time })),
  statusSince: time,
  activeSince: maybe(time),
  oldMessage: maybe(fc.constantFrom('Matching', 'Parsing level 0')),
  changedAt: maybe(time),
  absence: maybe(plain({ askAt: time })),
  progress: maybe(
    plain({
      signature: fc.string(),
      since: time,
      stuck: fc.boolean(),
      told: fc.boolean(),
      counts: maybe(plain({ text: fc.string(), since: time, askedAt: time })),
    }),
  ),
  inspection: maybe(
    plain({
      run: fc.string(),
      why: fc.constantFrom('end', 'moved', 'again', 'before'),
      askAt: maybe(time),
      tries: fc.nat(30),
      failed: maybe(fc.nat(9)),
      newestEnd: maybe(time),
      told: fc.string(),
    }),
  ),
});

export const memories = fc.array(memory, { minLength: 1, maxLength: 4 });
