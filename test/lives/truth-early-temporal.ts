// What really happened in the lives recorded on the first releases with Temporal, 1.4.0 to 1.4.2, played on 2026-11-29 by test/campaigns/nomad-live:
// what was done to each upload is in its lives. See truth.ts.
import { type Life, fact } from './truth.ts';

export const EARLY_TEMPORAL_LIVES: readonly Life[] = [
  {
    recording: '1.4.0-all-fail.jsonl',
    facts: [
      fact('09:59:30.043', 'all-fail', 'good', { failed: 4 }),
      fact('10:00:21.313', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '1.4.0-bad-archive.jsonl',
    facts: [fact('09:58:32.159', 'bad-archive', 'failed'), fact('09:59:09.961', 'bad-archive', 'empty')],
  },
  {
    recording: '1.4.0-delete.jsonl',
    facts: [fact('10:02:25.061', 'delete', 'good'), fact('10:03:08.712', 'delete', 'deleted')],
  },
  {
    recording: '1.4.0-edit-failed.jsonl',
    facts: [fact('10:00:20.887', 'edit-failed', 'failed'), fact('10:01:06.603', 'edit-failed', 'edited')],
  },
  {
    recording: '1.4.0-edit-good.jsonl',
    facts: [fact('10:00:11.610', 'edit-good', 'good'), fact('10:01:06.603', 'edit-good', 'edited')],
  },
  {
    recording: '1.4.0-example.jsonl',
    facts: [fact('10:03:18.420', 'example', 'good')],
  },
  {
    recording: '1.4.0-exits.jsonl',
    facts: [fact('09:59:29.534', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.0-folder.jsonl',
    facts: [fact('10:00:30.306', 'folder', 'good'), fact('10:01:06.603', 'folder', 'folder made')],
  },
  {
    recording: '1.4.0-folder-failed.jsonl',
    facts: [fact('10:01:16.037', 'folder-failed', 'failed'), fact('10:02:06.726', 'folder-failed', 'folder made')],
  },
  {
    recording: '1.4.0-good.jsonl',
    facts: [fact('09:58:32.514', 'good', 'good')],
  },
  {
    recording: '1.4.0-good-again.jsonl',
    facts: [fact('09:58:32.703', 'good-again', 'good'), fact('09:59:15.174', 'good-again', 'good')],
  },
  {
    recording: '1.4.0-levels.jsonl',
    facts: [fact('09:59:52.929', 'levels', 'good')],
  },
  {
    recording: '1.4.0-levels-above.jsonl',
    facts: [fact('10:00:12.512', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.0-mended.jsonl',
    facts: [fact('09:58:38.974', 'mended', 'failed'), fact('09:59:14.855', 'mended', 'good')],
  },
  {
    recording: '1.4.0-nothing.jsonl',
    facts: [fact('09:59:31.770', 'nothing', 'empty')],
  },
  {
    recording: '1.4.0-one-long.jsonl',
    facts: [fact('10:07:32.333', 'one-long', 'good')],
  },
  {
    recording: '1.4.0-publish.jsonl',
    facts: [fact('10:01:21.406', 'publish', 'good'), fact('10:02:06.726', 'publish', 'published')],
  },
  {
    recording: '1.4.0-publish-entries-failed.jsonl',
    facts: [
      fact('10:01:24.873', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('10:02:06.726', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '1.4.0-raises.jsonl',
    facts: [fact('09:59:28.231', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.0-reset-and-deleted.jsonl',
    facts: [fact('10:09:43.227', 'reset-and-deleted', 'reset'), fact('10:10:42.882', 'reset-and-deleted', 'deleted')],
  },
  {
    recording: '1.4.0-slow-entries.jsonl',
    facts: [fact('10:05:47.830', 'slow-entries', 'good')],
  },
  {
    recording: '1.4.0-stop.jsonl',
    facts: [fact('10:07:38.869', 'stop', 'stopped'), fact('10:08:30.481', 'stop', 'good')],
  },
  {
    recording: '1.4.1-all-fail.jsonl',
    facts: [
      fact('10:01:08.497', 'all-fail', 'good', { failed: 4 }),
      fact('10:02:43.957', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '1.4.1-bad-archive.jsonl',
    facts: [fact('09:58:58.130', 'bad-archive', 'failed'), fact('10:00:10.151', 'bad-archive', 'empty')],
  },
  {
    recording: '1.4.1-delete.jsonl',
    facts: [fact('10:03:52.016', 'delete', 'good'), fact('10:04:06.196', 'delete', 'deleted')],
  },
  {
    recording: '1.4.1-edit-failed.jsonl',
    facts: [fact('10:02:24.940', 'edit-failed', 'failed'), fact('10:03:05.532', 'edit-failed', 'edited')],
  },
  {
    recording: '1.4.1-edit-good.jsonl',
    facts: [fact('10:01:50.625', 'edit-good', 'good'), fact('10:02:23.549', 'edit-good', 'edited')],
  },
  {
    recording: '1.4.1-example.jsonl',
    facts: [fact('10:05:17.818', 'example', 'good')],
  },
  {
    recording: '1.4.1-exits.jsonl',
    facts: [fact('10:01:07.582', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.1-folder.jsonl',
    facts: [fact('10:02:40.943', 'folder', 'good'), fact('10:03:05.532', 'folder', 'folder made')],
  },
  {
    recording: '1.4.1-folder-failed.jsonl',
    facts: [fact('10:02:50.253', 'folder-failed', 'failed'), fact('10:03:05.532', 'folder-failed', 'folder made')],
  },
  {
    recording: '1.4.1-good.jsonl',
    facts: [fact('09:58:58.534', 'good', 'good')],
  },
  {
    recording: '1.4.1-good-again.jsonl',
    facts: [fact('09:58:58.353', 'good-again', 'good'), fact('10:00:15.963', 'good-again', 'good')],
  },
  {
    recording: '1.4.1-levels.jsonl',
    facts: [fact('10:01:35.412', 'levels', 'good')],
  },
  {
    recording: '1.4.1-levels-above.jsonl',
    facts: [fact('10:01:51.553', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.1-mended.jsonl',
    facts: [fact('09:59:04.662', 'mended', 'failed'), fact('10:00:15.203', 'mended', 'good')],
  },
  {
    recording: '1.4.1-nothing.jsonl',
    facts: [fact('10:01:10.891', 'nothing', 'empty')],
  },
  {
    recording: '1.4.1-one-long.jsonl',
    facts: [fact('10:09:47.070', 'one-long', 'good')],
  },
  {
    recording: '1.4.1-publish.jsonl',
    facts: [fact('10:03:52.016', 'publish', 'good'), fact('10:04:06.196', 'publish', 'published')],
  },
  {
    recording: '1.4.1-publish-entries-failed.jsonl',
    facts: [
      fact('10:04:02.612', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('10:05:07.975', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '1.4.1-raises.jsonl',
    facts: [fact('10:01:06.547', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.1-reset-and-deleted.jsonl',
    facts: [fact('10:11:52.303', 'reset-and-deleted', 'reset'), fact('10:13:04.092', 'reset-and-deleted', 'deleted')],
  },
  {
    recording: '1.4.1-slow-entries.jsonl',
    facts: [fact('10:08:02.785', 'slow-entries', 'good')],
  },
  {
    recording: '1.4.1-stop.jsonl',
    facts: [fact('10:09:53.951', 'stop', 'stopped'), fact('10:10:30.682', 'stop', 'good')],
  },
  {
    recording: '1.4.2-all-fail.jsonl',
    facts: [
      fact('09:59:24.001', 'all-fail', 'good', { failed: 4 }),
      fact('10:00:52.556', 'all-fail', 'good', { failed: 4 }),
    ],
  },
  {
    recording: '1.4.2-bad-archive.jsonl',
    facts: [fact('09:58:55.200', 'bad-archive', 'failed'), fact('09:59:05.572', 'bad-archive', 'empty')],
  },
  {
    recording: '1.4.2-bundle.jsonl',
    facts: [
      fact('10:04:24.745', 'bundle', 'good'),
      fact('10:05:08.629', 'bundle', 'deleted'),
      fact('10:05:41.456', 'bundle', 'failed'),
    ],
  },
  {
    recording: '1.4.2-delete.jsonl',
    facts: [fact('10:03:12.903', 'delete', 'good'), fact('10:04:06.214', 'delete', 'deleted')],
  },
  {
    recording: '1.4.2-edit-failed.jsonl',
    facts: [fact('10:01:48.764', 'edit-failed', 'failed'), fact('10:02:05.742', 'edit-failed', 'edited')],
  },
  {
    recording: '1.4.2-edit-good.jsonl',
    facts: [fact('10:01:43.358', 'edit-good', 'good'), fact('10:02:05.742', 'edit-good', 'edited')],
  },
  {
    recording: '1.4.2-example.jsonl',
    facts: [fact('10:05:41.456', 'example', 'good')],
  },
  {
    recording: '1.4.2-exits.jsonl',
    facts: [fact('09:59:18.995', 'exits', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.2-folder.jsonl',
    facts: [fact('10:01:51.532', 'folder', 'good'), fact('10:02:05.742', 'folder', 'folder made')],
  },
  {
    recording: '1.4.2-folder-failed.jsonl',
    facts: [fact('10:02:51.970', 'folder-failed', 'failed'), fact('10:03:04.829', 'folder-failed', 'folder made')],
  },
  {
    recording: '1.4.2-good.jsonl',
    facts: [fact('09:58:59.969', 'good', 'good')],
  },
  {
    recording: '1.4.2-good-again.jsonl',
    facts: [fact('09:59:00.118', 'good-again', 'good'), fact('10:00:52.556', 'good-again', 'good')],
  },
  {
    recording: '1.4.2-levels.jsonl',
    facts: [fact('10:01:42.766', 'levels', 'good')],
  },
  {
    recording: '1.4.2-levels-above.jsonl',
    facts: [fact('10:01:42.946', 'levels-above', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.2-mended.jsonl',
    facts: [fact('09:59:04.353', 'mended', 'failed'), fact('10:00:52.734', 'mended', 'good')],
  },
  {
    recording: '1.4.2-nothing.jsonl',
    facts: [fact('10:01:05.166', 'nothing', 'empty')],
  },
  {
    recording: '1.4.2-one-long.jsonl',
    facts: [fact('10:10:06.087', 'one-long', 'good')],
  },
  {
    recording: '1.4.2-only-added.jsonl',
    facts: [fact('10:04:24.314', 'only-added', 'good'), fact('10:05:08.629', 'only-added', 'files added')],
  },
  {
    recording: '1.4.2-publish.jsonl',
    facts: [fact('10:03:00.545', 'publish', 'good'), fact('10:04:05.906', 'publish', 'published')],
  },
  {
    recording: '1.4.2-publish-entries-failed.jsonl',
    facts: [
      fact('10:03:00.655', 'publish-entries-failed', 'good', { failed: 2 }),
      fact('10:04:05.536', 'publish-entries-failed', 'published', { failed: 2 }),
    ],
  },
  {
    recording: '1.4.2-raises.jsonl',
    facts: [fact('09:59:14.188', 'raises', 'good', { failed: 1 })],
  },
  {
    recording: '1.4.2-reset-and-deleted.jsonl',
    facts: [fact('10:12:14.831', 'reset-and-deleted', 'reset'), fact('10:14:22.176', 'reset-and-deleted', 'deleted')],
  },
  {
    recording: '1.4.2-slow-entries.jsonl',
    facts: [fact('10:08:09.167', 'slow-entries', 'good')],
  },
  {
    recording: '1.4.2-stop.jsonl',
    facts: [fact('10:09:56.536', 'stop', 'stopped'), fact('10:10:44.631', 'stop', 'good')],
  },
  {
    recording: '1.4.0-bundle.jsonl',
    facts: [
      fact('10:02:25.959', 'bundle', 'good'),
      fact('10:03:09.277', 'bundle', 'deleted'),
      fact('10:03:18.420', 'bundle', 'imported'),
    ],
  },
  {
    recording: '1.4.1-bundle.jsonl',
    facts: [
      fact('10:04:19.880', 'bundle', 'good'),
      fact('10:05:08.597', 'bundle', 'deleted'),
      fact('10:05:17.818', 'bundle', 'imported'),
    ],
  },
];
