// What really happened in the recorded lives, written by hand from what was done to each upload and from the workers' logs, and with it
// what must be told of it. Nothing else may be told.

/**
 * What happened to an upload. `good`: a processing ended well, and it has entries. `empty`: it ended well, and has none. `dead`: its worker
 * was killed, and nobody goes on with it. `gone`: handed over to somebody else.
 * `stalled`: of no upload: since then no worker has done anything; `resumed`: one does again.
 */
export type Happening =
  | 'good'
  | 'empty'
  | 'failed'
  | 'edited'
  | 'published'
  | 'imported'
  | 'handed over'
  | 'stopped'
  | 'reset'
  | 'deleted'
  | 'gone'
  | 'folder made'
  | 'files added'
  | 'dead'
  | 'stalled'
  | 'resumed';

export interface Fact {
  /** Its name in the recording. */
  readonly name: string;
  /** When it could be seen first, as in the recording. */
  readonly at: string;
  readonly what: Happening;
  /** How many entries failed in it. */
  readonly failed?: number;
  /** The last words of the reason. */
  readonly reason?: string;
}

export const fact = (at: string, name: string, what: Happening, more: Partial<Fact> = {}): Fact => ({
  at,
  name,
  what,
  ...more,
});
const BAD_ARCHIVE = { reason: 'ValueError: Bad archive.' };
const NO_ARCHIVE = { reason: 'ValueError: Cannot extract file. Bad file format or file extension?' };
const LOST_ARCHIVE = { reason: 'AssertionError: …/corrupt.zip does not exist' };

export interface Life {
  readonly recording: string;
  /** Not looked at after this. */
  readonly until?: string;
  /** ms; it is longer than this at one level, and its entries move: not stuck. */
  readonly stuckAfter?: number;
  readonly facts: readonly Fact[];
}

export const LIVES: readonly Life[] = [
  {
    recording: 'celery-1.3.17.jsonl',
    // After it broker, search and database were killed in turn.
    until: '02:10:05',
    facts: [
      fact('01:55:50.236', 'good.zip', 'good'),
      fact('01:55:51.999', 'corrupt.zip', 'failed', NO_ARCHIVE),
      fact('01:55:52.772', 'notzip.zip', 'failed', NO_ARCHIVE),
      fact('01:55:57.108', 'truncated.zip', 'good'),
      fact('01:56:03.366', 'truncated-head.zip', 'good'),
      fact('01:56:15.607', 'mixed.zip', 'good', { failed: 1 }),
      fact('01:56:16.755', 'nothing.zip', 'empty'),
      fact('01:56:17.734', 'empty.zip', 'empty'),
      fact('01:56:18.810', 'empty-vasprun.zip', 'empty'),
      fact('01:56:22.059', 'outcar.zip', 'good', { failed: 1 }),
      fact('01:56:27.894', 'unknown-section.zip', 'good', { failed: 1 }),
      fact('01:56:32.990', 'unknown-package.zip', 'good'),
      fact('01:56:38.011', 'unknown-top.zip', 'good'),
      fact('01:56:40.735', 'broken-ref.zip', 'good'),
      fact('01:56:44.956', 'broken-base.zip', 'good', { failed: 1 }),
      fact('01:56:47.211', 'bad-yaml.zip', 'good', { failed: 1 }),
      fact('01:56:52.475', 'bad-json.zip', 'good'),
      fact('01:56:56.418', 'bad-quantity.zip', 'good', { failed: 1 }),
      fact('01:57:06.723', 'bad-nomad-yaml.zip', 'good'),
      fact('01:57:12.682', 'reserved-names.zip', 'good'),
      fact('02:01:55.731', 'many.zip', 'good'),
      fact('02:02:04.879', 'again', 'good'),
      fact('02:02:10.260', 'again', 'good'),
      fact('02:02:11.193', 'again-corrupt', 'failed', NO_ARCHIVE),
      fact('02:02:13.925', 'again-corrupt', 'empty'),
      fact('02:02:18.804', 'again-corrupt', 'good'),
      fact('02:02:33.826', 'again', 'good', { failed: 1 }),
      fact('02:02:36.718', 'again', 'good', { failed: 1 }),
      fact('02:02:38.280', 'again', 'folder made'),
      fact('02:02:45.372', 'again renamed', 'edited'),
      fact('02:02:47.829', 'again renamed', 'edited'),
      fact('02:02:48.165', 'second-put', 'good'),
      fact('02:02:55.915', 'again renamed', 'edited'),
      fact('02:03:07.590', 'again renamed', 'good'),
      fact('02:03:11.311', 'again renamed', 'published'),
      fact('02:03:14.612', 'empty-publish', 'empty'),
      fact('02:03:26.179', 'mixed-publish', 'good', { failed: 1 }),
      fact('02:03:27.577', 'mixed-publish', 'published', { failed: 1 }),
      fact('02:03:32.352', 'again-corrupt', 'deleted'),
      fact('02:03:58', 'kill-all', 'dead'),
      fact('02:09:28', 'kill-upload', 'dead'),
      fact('02:07:38.559', 'queued-while-no-worker', 'good'),
      fact('02:08:34.475', 'queue', 'good'),
      fact('02:08:44.712', 'pubfast', 'good', { failed: 1 }),
      fact('02:08:46.240', 'pubfast', 'published', { failed: 1 }),
      fact('02:08:52.860', 'editfast', 'good', { failed: 1 }),
      fact('02:08:54.305', 'editfast renamed', 'edited', { failed: 1 }),
      fact('02:08:56.140', 'dirfast', 'empty'),
      fact('02:08:56.816', 'dirfast', 'folder made'),
      fact('02:09:23.051', 'kill-child', 'good'),
    ],
  },
  {
    recording: 'temporal-1.4.3.jsonl',
    facts: [
      fact('03:15:49.547', 'good1', 'good'),
      fact('03:16:21.204', 'good1', 'good'),
      fact('03:16:26.996', 'good1', 'good'),
      fact('03:16:31.221', 'broken', 'failed', BAD_ARCHIVE),
      fact('03:16:35.528', 'corrupt', 'failed', LOST_ARCHIVE),
      fact('03:16:39.570', 'corrupt', 'empty'),
      fact('03:16:45.447', 'raises', 'good', { failed: 1 }),
      fact('03:16:50.121', 'nothing', 'empty'),
      fact('03:16:55.584', 'broken', 'good'),
      fact('03:16:59.963', 'broken', 'good'),
      fact('03:17:04.623', 'broken8', 'failed', BAD_ARCHIVE),
      fact('03:17:07.848', 'broken8', 'edited'),
      fact('03:17:12.290', 'good1', 'edited'),
      fact('03:17:16.630', 'good1', 'published'),
      fact('03:17:22.174', 'broken9', 'failed', BAD_ARCHIVE),
      fact('03:17:52.542', 'slow', 'stopped'),
      fact('03:18:55.921', 'slow', 'good'),
      fact('03:18:59.340', 'broken8', 'deleted'),
      fact('03:20:15.461', 'many', 'good'),
      fact('03:22:07.722', 'killed', 'good'),
      fact('03:23:09.567', 'four', 'good'),
      fact('03:23:42.024', 'four-eln', 'good'),
      fact('03:25:54.425', 'pool', 'reset'),
      fact('03:28:19.338', 'mended60', 'failed', BAD_ARCHIVE),
      fact('03:28:21.169', 'raises60', 'good', { failed: 1 }),
      fact('03:28:40.791', 'raises', 'good', { failed: 1 }),
      fact('03:28:41.909', 'broken9', 'good'),
      fact('03:28:42.844', 'four-eln', 'good'),
      fact('03:29:29.847', 'after-pool', 'stopped'),
      fact('03:29:33.759', 'after-pool', 'empty'),
      fact('03:32:38.534', 'parsing-killed', 'good'),
      fact('03:32:38.982', 'after-parsing-killed', 'good'),
      fact('03:36:36.145', 'twenty', 'good'),
    ],
  },
  {
    recording: 'temporal-2.0.0.jsonl',
    facts: [
      fact('01:55:45.151', 'good2', 'good'),
      fact('01:56:38.685', 'corrupt', 'failed', LOST_ARCHIVE),
      fact('01:56:46.823', 'cut-off', 'failed', BAD_ARCHIVE),
      fact('01:57:06.487', 'raises', 'good', { failed: 1 }),
      fact('01:57:18.378', 'nothing', 'empty'),
      fact('01:57:23.955', 'exits', 'good', { failed: 1 }),
      fact('01:57:31.147', 'all-raise', 'good', { failed: 1 }),
      fact('01:57:31.923', 'warns', 'good'),
      fact('01:59:36.495', 'good-3', 'good'),
      fact('01:59:43.927', 'cut-off-3', 'failed', BAD_ARCHIVE),
      fact('01:59:55.455', 'raises-3', 'good', { failed: 1 }),
      fact('02:00:03.477', 'nothing-3', 'empty'),
      fact('02:06:55.532', 'many-3', 'good'),
      fact('02:07:04.295', 'L7-slow', 'stopped'),
      fact('02:08:07.174', 'L7-slow', 'good'),
      fact('02:08:09.329', 'L7-slow', 'edited'),
      fact('02:08:13.585', 'L7-slow', 'published'),
      fact('02:08:24.801', 'L7-cut', 'failed', BAD_ARCHIVE),
      fact('02:08:29.524', 'L7-cut renamed', 'edited'),
      fact('02:08:39.171', 'L7-cut renamed', 'good'),
      fact('02:08:43.328', 'L7-cut renamed', 'deleted'),
      fact('02:13:43.267', 'sse-after-revoke', 'good'),
      fact('02:14:29.741', 'on-real-temporal', 'good'),
      fact('02:16:44.521', 'L6-a', 'stopped'),
      fact('02:16:44.521', 'L6-c-jts', 'reset'),
      fact('02:23:19.502', 'L6-d', 'good'),
      fact('02:30:17.605', 'L6-f-after', 'good'),
      fact('02:30:19.312', 'L6-e-child-killed', 'good'),
      fact('02:30:22.937', 'G4-again', 'failed', BAD_ARCHIVE),
      fact('02:30:24.506', 'G4-again', 'edited'),
      fact('02:30:34.902', 'L6-c-jts', 'deleted'),
    ],
  },
];
