// What really happened in the lives that were recorded one by one: what was done to each upload is in test/campaigns/nomad-live/lives, and each
// was seen to end so by hand. See truth.ts.
import { type Life, fact } from './truth.ts';

export const SINGLE_LIVES: readonly Life[] = [
  {
    recording: '1.3.17-all-fail.jsonl',
    facts: [
      fact('05:11:18.803', 'all-fail', 'good', { failed: 4 }),
      fact('05:12:12.747', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '1.3.17-bundle.jsonl',
    facts: [
      fact('05:14:17.812', 'bundle', 'good'),
      fact('05:15:10.290', 'bundle', 'deleted'),
      fact('05:15:19.867', 'bundle', 'imported'),
    ],
  },
  {
    recording: '1.3.17-delete.jsonl',
    facts: [fact('05:13:17.969', 'delete', 'good'), fact('05:14:10.889', 'delete', 'deleted')],
  },
  {
    recording: '1.3.17-edit-failed.jsonl',
    facts: [fact('05:11:46.673', 'edit-failed', 'failed'), fact('05:12:10.201', 'edit-failed', 'edited')],
  },
  {
    recording: '1.3.17-edit-good.jsonl',
    facts: [fact('05:11:45.908', 'edit-good', 'good'), fact('05:12:12.747', 'edit-good', 'edited')],
  },
  {
    recording: '1.3.17-example.jsonl',
    facts: [fact('05:14:18.549', 'example', 'good')],
  },
  {
    recording: '1.3.17-exits.jsonl',
    facts: [fact('05:11:15.827', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '1.3.17-folder-failed.jsonl',
    facts: [fact('05:12:17.265', 'folder-failed', 'failed'), fact('05:13:09.584', 'folder-failed', 'folder made')],
  },
  {
    recording: '1.3.17-folder.jsonl',
    facts: [fact('05:12:18.838', 'folder', 'good'), fact('05:13:09.584', 'folder', 'folder made')],
  },
  {
    recording: '1.3.17-levels-above.jsonl',
    facts: [fact('05:11:42.853', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '1.3.17-levels.jsonl',
    facts: [fact('05:11:38.389', 'levels', 'good')],
  },
  {
    recording: '1.3.17-mended.jsonl',
    facts: [fact('05:10:40.055', 'mended', 'failed'), fact('05:11:12.380', 'mended', 'good')],
  },
  {
    recording: '1.3.17-nothing.jsonl',
    facts: [fact('05:11:19.230', 'nothing', 'empty')],
  },
  {
    recording: '1.3.17-one-long.jsonl',
    facts: [fact('05:17:53.519', 'one-long', 'good')],
  },
  {
    recording: '1.3.17-publish-entries-failed.jsonl',
    facts: [
      fact('05:13:15.499', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('05:14:10.889', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '1.3.17-publish.jsonl',
    facts: [fact('05:12:20.530', 'publish', 'good'), fact('05:13:09.584', 'publish', 'published')],
  },
  {
    recording: '1.3.17-put-local.jsonl',
    facts: [fact('05:13:18.536', 'put-local', 'good'), fact('05:14:10.889', 'put-local', 'good')],
  },
  {
    recording: '1.3.17-raises.jsonl',
    facts: [fact('05:11:17.328', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '1.3.17-slow-entries.jsonl',
    stuckAfter: 30_000,
    facts: [fact('05:16:57.313', 'slow-entries', 'good')],
  },
  {
    recording: '1.4.3-all-fail.jsonl',
    facts: [
      fact('05:11:37.437', 'all-fail', 'good', { failed: 4 }),
      fact('05:12:30.926', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '1.4.3-bad-archive.jsonl',
    facts: [fact('05:10:41.458', 'bad-archive', 'failed'), fact('05:11:12.267', 'bad-archive', 'empty')],
  },
  {
    recording: '1.4.3-bundle.jsonl',
    facts: [
      fact('05:15:31.337', 'bundle', 'good'),
      fact('05:16:09.057', 'bundle', 'deleted'),
      fact('05:16:16.763', 'bundle', 'failed'),
    ],
  },
  {
    recording: '1.4.3-delete.jsonl',
    facts: [fact('05:14:22.159', 'delete', 'good'), fact('05:15:08.827', 'delete', 'deleted')],
  },
  {
    recording: '1.4.3-edit-failed.jsonl',
    facts: [fact('05:12:32.680', 'edit-failed', 'failed'), fact('05:13:09.322', 'edit-failed', 'edited')],
  },
  {
    recording: '1.4.3-edit-good.jsonl',
    facts: [fact('05:12:31.481', 'edit-good', 'good'), fact('05:13:09.323', 'edit-good', 'edited')],
  },
  {
    recording: '1.4.3-example.jsonl',
    facts: [fact('05:15:34.680', 'example', 'good')],
  },
  {
    recording: '1.4.3-exits.jsonl',
    facts: [fact('05:11:35.039', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.3-folder-failed.jsonl',
    facts: [fact('05:13:12.962', 'folder-failed', 'failed'), fact('05:14:08.249', 'folder-failed', 'folder made')],
  },
  {
    recording: '1.4.3-folder.jsonl',
    facts: [fact('05:12:39.958', 'folder', 'good'), fact('05:13:08.587', 'folder', 'folder made')],
  },
  {
    recording: '1.4.3-given-away.jsonl',
    facts: [fact('05:15:23.588', 'given-away', 'good'), fact('05:16:12.970', 'given-away', 'gone')],
  },
  {
    recording: '1.4.3-good.jsonl',
    facts: [fact('05:10:48.845', 'good', 'good')],
  },
  {
    recording: '1.4.3-levels-above.jsonl',
    facts: [fact('05:12:27.537', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.3-levels.jsonl',
    facts: [fact('05:12:11.461', 'levels', 'good')],
  },
  {
    recording: '1.4.3-mended.jsonl',
    facts: [fact('05:10:53.167', 'mended', 'failed'), fact('05:11:25.222', 'mended', 'good')],
  },
  {
    recording: '1.4.3-nothing.jsonl',
    facts: [fact('05:11:37.437', 'nothing', 'empty')],
  },
  {
    recording: '1.4.3-one-long.jsonl',
    facts: [fact('05:20:42.432', 'one-long', 'good')],
  },
  {
    recording: '1.4.3-only-added.jsonl',
    facts: [fact('05:14:27.766', 'only-added', 'good'), fact('05:15:08.827', 'only-added', 'files added')],
  },
  {
    recording: '1.4.3-publish-entries-failed.jsonl',
    facts: [
      fact('05:13:25.771', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('05:14:08.839', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '1.4.3-publish.jsonl',
    facts: [fact('05:13:25.771', 'publish', 'good'), fact('05:14:08.464', 'publish', 'published')],
  },
  {
    recording: '1.4.3-put-local.jsonl',
    facts: [fact('05:14:27.766', 'put-local', 'good'), fact('05:15:11.115', 'put-local', 'good')],
  },
  {
    recording: '1.4.3-raises.jsonl',
    facts: [fact('05:11:31.337', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.3-slow-entries.jsonl',
    stuckAfter: 30_000,
    facts: [fact('05:18:56.313', 'slow-entries', 'good')],
  },
  {
    recording: '2.0.0-all-fail.jsonl',
    facts: [
      fact('05:11:33.941', 'all-fail', 'good', { failed: 4 }),
      fact('05:12:26.535', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '2.0.0-bad-archive.jsonl',
    facts: [fact('05:10:32.393', 'bad-archive', 'failed'), fact('05:11:12.028', 'bad-archive', 'empty')],
  },
  {
    recording: '2.0.0-bundle.jsonl',
    facts: [
      fact('05:15:31.406', 'bundle', 'good'),
      fact('05:16:09.546', 'bundle', 'deleted'),
      fact('05:16:16.565', 'bundle', 'imported'),
    ],
  },
  {
    recording: '2.0.0-delete.jsonl',
    facts: [fact('05:14:21.755', 'delete', 'good'), fact('05:15:09.183', 'delete', 'deleted')],
  },
  {
    recording: '2.0.0-edit-failed.jsonl',
    facts: [fact('05:12:26.801', 'edit-failed', 'failed'), fact('05:13:09.381', 'edit-failed', 'edited')],
  },
  {
    recording: '2.0.0-edit-good.jsonl',
    facts: [fact('05:12:27.408', 'edit-good', 'good'), fact('05:13:09.496', 'edit-good', 'edited')],
  },
  {
    recording: '2.0.0-example.jsonl',
    facts: [fact('05:15:34.636', 'example', 'good')],
  },
  {
    recording: '2.0.0-exits.jsonl',
    facts: [fact('05:11:31.951', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '2.0.0-folder-failed.jsonl',
    facts: [fact('05:13:12.741', 'folder-failed', 'failed'), fact('05:14:08.389', 'folder-failed', 'folder made')],
  },
  {
    recording: '2.0.0-folder.jsonl',
    facts: [fact('05:12:35.677', 'folder', 'good'), fact('05:13:08.354', 'folder', 'folder made')],
  },
  {
    recording: '2.0.0-given-away.jsonl',
    facts: [fact('05:15:23.848', 'given-away', 'good'), fact('05:16:13.335', 'given-away', 'gone')],
  },
  {
    recording: '2.0.0-good-again.jsonl',
    facts: [fact('05:10:39.937', 'good-again', 'good'), fact('05:11:17.748', 'good-again', 'good')],
  },
  {
    recording: '2.0.0-good.jsonl',
    facts: [fact('05:10:40.376', 'good', 'good')],
  },
  {
    recording: '2.0.0-levels-above.jsonl',
    facts: [fact('05:12:18.785', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '2.0.0-levels.jsonl',
    facts: [fact('05:12:11.621', 'levels', 'good')],
  },
  {
    recording: '2.0.0-mended.jsonl',
    facts: [fact('05:10:45.120', 'mended', 'failed'), fact('05:11:23.892', 'mended', 'good')],
  },
  {
    recording: '2.0.0-nothing.jsonl',
    facts: [fact('05:11:34.072', 'nothing', 'empty')],
  },
  {
    recording: '2.0.0-one-long.jsonl',
    facts: [fact('05:20:43.624', 'one-long', 'good')],
  },
  {
    recording: '2.0.0-only-added.jsonl',
    facts: [fact('05:14:27.513', 'only-added', 'good'), fact('05:15:09.182', 'only-added', 'files added')],
  },
  {
    recording: '2.0.0-publish-entries-failed.jsonl',
    facts: [
      fact('05:13:26.282', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('05:14:08.738', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '2.0.0-publish.jsonl',
    facts: [fact('05:13:25.606', 'publish', 'good'), fact('05:14:09.161', 'publish', 'published')],
  },
  {
    recording: '2.0.0-put-local.jsonl',
    facts: [fact('05:14:27.513', 'put-local', 'good'), fact('05:15:11.204', 'put-local', 'good')],
  },
  {
    recording: '2.0.0-raises.jsonl',
    facts: [fact('05:11:28.441', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '2.0.0-slow-entries.jsonl',
    stuckAfter: 30_000,
    facts: [fact('05:18:57.672', 'slow-entries', 'good')],
  },
  {
    recording: '1.3.17-bad-archive.jsonl',
    facts: [fact('05:28:17.932', 'bad-archive', 'failed'), fact('05:29:12.952', 'bad-archive', 'empty')],
  },
  {
    recording: '1.3.17-good.jsonl',
    facts: [fact('05:28:22.627', 'good', 'good')],
  },
  {
    recording: '1.3.17-good-again.jsonl',
    facts: [fact('05:28:22.627', 'good-again', 'good'), fact('05:29:16.238', 'good-again', 'good')],
  },
  {
    recording: '1.3.17-lost-and-reset.jsonl',
    facts: [
      fact('05:18:25.000', 'lost-and-reset', 'dead'),
      fact('05:20:19.265', 'lost-and-reset', 'reset'),
      fact('05:22:31.693', 'lost-and-reset', 'good'),
    ],
  },
  {
    recording: '1.3.17-put-while.jsonl',
    facts: [fact('05:18:08.089', 'put-while', 'good'), fact('05:18:14.305', 'put-while', 'good')],
  },
  {
    recording: '1.3.17-stalled.jsonl',
    facts: [
      fact('05:44:32.730', '', 'stalled'),
      fact('05:58:13.649', '', 'resumed'),
      fact('05:58:24.926', 'stalled: one', 'good'),
      fact('05:58:24.926', 'stalled: two', 'good'),
      fact('05:58:27.730', 'stalled: three', 'good'),
    ],
  },
  {
    recording: '1.4.3-good-again.jsonl',
    facts: [fact('05:37:07.938', 'good-again', 'good'), fact('05:38:30.131', 'good-again', 'good')],
  },
  {
    recording: '1.4.3-put-while.jsonl',
    facts: [fact('05:22:00.996', 'put-while', 'good')],
  },
  {
    recording: '1.4.3-received.jsonl',
    facts: [fact('05:42:24.413', 'received', 'failed'), fact('05:43:11.780', 'received', 'handed over')],
  },
  {
    recording: '1.4.3-reset-and-deleted.jsonl',
    facts: [fact('05:23:43.485', 'reset-and-deleted', 'reset'), fact('05:25:15.103', 'reset-and-deleted', 'deleted')],
  },
  {
    recording: '1.4.3-stop.jsonl',
    facts: [fact('05:20:49.751', 'stop', 'stopped'), fact('05:21:35.743', 'stop', 'good')],
  },
  {
    recording: '1.4.3-timeout.jsonl',
    facts: [fact('05:27:37.387', 'timeout', 'good')],
  },
  {
    recording: '2.0.0-put-while.jsonl',
    facts: [fact('05:22:01.316', 'put-while', 'good')],
  },
  {
    recording: '2.0.0-received.jsonl',
    facts: [fact('05:42:23.371', 'received', 'failed'), fact('05:43:12.780', 'received', 'handed over')],
  },
  {
    recording: '2.0.0-reset-and-deleted.jsonl',
    facts: [fact('05:23:45.282', 'reset-and-deleted', 'reset'), fact('05:25:26.633', 'reset-and-deleted', 'deleted')],
  },
  {
    recording: '2.0.0-stop.jsonl',
    facts: [fact('05:20:50.536', 'stop', 'stopped'), fact('05:21:35.677', 'stop', 'good')],
  },
  {
    recording: '2.0.0-timeout.jsonl',
    facts: [fact('05:28:01.131', 'timeout', 'good')],
  },
  {
    recording: '1.4.3-stalled.jsonl',
    facts: [
      fact('05:59:34.977', '', 'stalled'),
      fact('06:12:57.219', '', 'resumed'),
      fact('06:13:34.035', 'stalled: two', 'good'),
      fact('06:13:38.680', 'stalled: three', 'good'),
      fact('06:13:41.366', 'stalled: one', 'good'),
    ],
  },
  {
    recording: '2.0.0-stalled.jsonl',
    facts: [
      fact('06:00:34.481', '', 'stalled'),
      fact('06:14:12.507', '', 'resumed'),
      fact('06:14:40.623', 'stalled: one', 'good'),
      fact('06:14:44.871', 'stalled: two', 'good'),
      fact('06:14:45.290', 'stalled: three', 'good'),
    ],
  },
  {
    recording: '2.0.0-limit-passed.jsonl',
    facts: [fact('06:31:29.734', 'timeout', 'good')],
  },
  {
    recording: '2.0.0-worker-lost.jsonl',
    facts: [fact('06:29:04.806', 'lost-and-restarted', 'good')],
  },
];
