// The demo's scripted opening, in which each kind of thing happens: a scene about each second.
import { isCelery } from './nomad-generations.ts';
import {
  type SimulatedEntry,
  type World,
  addUpload,
  fail,
  queue,
  remove,
  reset,
  start,
  stop,
  succeed,
  unshare,
  waitForEntries,
} from './nomad-state.ts';
import { type DemoScene, uploadAt, did, doAtOnce, failuresOf, idOf } from './scene.ts';

/** At most one change of an upload within what the monitor needs to see it (it polls every two seconds). */
export const OPENING: readonly DemoScene[] = [
  (world) =>
    did(uploadAt(world, 30), 'is processed again', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world) =>
    did(uploadAt(world, 32), 'is processed again, by a worker that dies', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world, now) =>
    did(uploadAt(world, 13), 'fails again', (upload) => {
      fail(upload, now, [String(failuresOf(world)[0])]);
    }),
  (world, now) =>
    did(
      addUpload(world, idOf(38), now, { name: 'XRD sample 2231 (Müller)', process: 'process_upload' }),
      'is created and queued',
      (upload) => {
        queue(world, upload);
      },
    ),
  (world, now) =>
    did(uploadAt(world, 30), 'fails', (upload) => {
      fail(upload, now, [String(failuresOf(world)[2])]);
    }),
  (world) =>
    did(uploadAt(world, 38), 'is being processed', (upload) => {
      start(upload);
    }),
  (world) =>
    did(uploadAt(world, 4), 'is processed again', (upload) => {
      queue(world, upload);
      start(upload);
    }),
  (world, now) =>
    did(uploadAt(world, 2), 'is published', (upload) => {
      doAtOnce(world, upload, { does: 'publish' }, now);
    }),
  (world) =>
    isCelery(world.generation)
      ? did(uploadAt(world, 38), 'waits for its entries', waitForEntries)
      : did(uploadAt(world, 38), 'reaches its last step', (upload) => {
          start(upload, 'Cleanup');
        }),
  (world, now) =>
    did(uploadAt(world, 4), 'succeeds', (upload) => {
      succeed(upload, now);
    }),
  (world) =>
    did(uploadAt(world, 7), 'is deleted', (upload) => {
      remove(world, upload);
    }),
  (world, now) =>
    did(uploadAt(world, 38), 'succeeds, but 3 of its 12 entries failed', (upload) => {
      succeed(upload, now, 12, brokenScans(world));
    }),
  (world) => did(uploadAt(world, 24), 'is no longer shared with Ada', unshare),
  (world) =>
    did(uploadAt(world, 16), 'has new errors', (upload) => {
      upload.errors = ['OSError: [Errno 28] No space left on device'];
    }),
  (world, now) =>
    did(uploadAt(world, 30), 'fails again', (upload) => {
      fail(upload, now + 1, [String(failuresOf(world)[3])]);
    }),
  (world, now) =>
    did(
      addUpload(world, idOf(39), now, { name: 'holiday photos' }),
      'is created and processed: nothing is recognised',
      (upload) => {
        queue(world, upload);
        succeed(upload, now, 0);
      },
    ),
  (world, now) =>
    did(uploadAt(world, 22), 'is renamed, which fixes nothing', (upload) => {
      doAtOnce(world, upload, { does: 'edit', change: { name: `${upload.name ?? ''} (mine)` } }, now);
    }),
  (world) =>
    isCelery(world.generation)
      ? did(uploadAt(world, 32), 'is reset by an administrator', reset)
      : did(uploadAt(world, 32), 'is stopped by its author', stop),
];

/** The list of entries says the same of each; why they failed is in their logs. */
function brokenScans({ generation }: World): readonly SimulatedEntry[] {
  const error = isCelery(generation) ? 'parser failed with exception' : 'ProcessFailure: parser failed with exception';
  const scan = { parser: 'parsers/xrd', error };
  const cut = { before: 'The scan ends before its last step.', exception: "KeyError: 'wavelength'" };
  return [
    { ...scan, id: 'demo-entry-1', mainfile: '2231/scan-07.xrdml', log: cut },
    { ...scan, id: 'demo-entry-2', mainfile: '2231/scan-09.xrdml', log: cut },
    {
      ...scan,
      id: 'demo-entry-3',
      mainfile: '2231/scan-11.xrdml',
      log: { exception: 'ParserError: no element found: line 1, column 0' },
    },
  ];
}
