// Lives in which a worker is lost, an operator resets, or a time-out of the server's is passed.
import { setTimeout as sleep } from 'node:timers/promises';
import { mainfile, many } from '../archive.ts';
import { type Life, TEMPORAL } from './life.ts';

/** Longer than the monitors' STUCK_AFTER. */
const UNTIL_STUCK = 45_000;
/** Longer than the 10 minutes after which processing has stalled. */
const UNTIL_STALLED = 12 * 60_000;

export const operators: readonly Life[] = [
  {
    name: 'lost-and-reset',
    truth: 'its worker loses the process that parses: stuck; an operator resets it; processed again it ends well',
    versions: ['1.3.17'],
    isAlone: true,
    told: 'created started stuck unstuck? reset started succeeded',
    last: 'created reset succeeded',
    async play({ ada, killParser, operator, minute, stopWorker, startWorker }) {
      const id = await ada.create('lost-and-reset', many(2, { sleep: 20 }));
      await ada.until(id, 'it is parsed', ({ process_status }) => process_status === 'WAITING_FOR_RESULT');
      await sleep(5000);
      killParser();
      killParser();
      await sleep(UNTIL_STUCK);
      await stopWorker('SIGKILL');
      await operator('uploads', 'reset', id);
      await startWorker();
      await minute();
      await ada.process(id);
      await ada.ended(id);
    },
  },
  {
    name: 'lost-and-restarted',
    truth:
      'its worker loses the process that parses and takes nothing more: stuck; a new worker brings it to a good end',
    versions: TEMPORAL,
    isAlone: true,
    needsTemporal: true,
    told: 'created started stuck unstuck? stuck? unstuck? succeeded',
    last: 'created succeeded',
    async play({ ada, killParser, startWorker }) {
      const id = await ada.create('lost-and-restarted', many(2, { sleep: 8 }));
      await ada.until(id, 'it is parsed', ({ last_status_message: said }) => said?.startsWith('Parsing') === true);
      await ada.rest();
      killParser();
      await sleep(UNTIL_STUCK);
      await startWorker();
      await ada.ended(id, 400);
    },
  },
  {
    name: 'reset-and-deleted',
    truth:
      'no worker: it waits and is stuck; an operator resets it, which leaves it in the queue of Temporal; its author deletes it while a new worker may take it',
    versions: TEMPORAL,
    isAlone: true,
    told: 'created stuck unstuck? reset started? deleted',
    last: 'created deleted',
    async play({ ada, stopWorker, startWorker, operator, minute }) {
      await stopWorker();
      const id = await ada.create('reset-and-deleted', many(1, {}));
      await sleep(UNTIL_STUCK);
      await operator('uploads', 'reset', id);
      await minute();
      await startWorker();
      await ada.remove(id);
      await ada.gone(id);
    },
  },
  {
    name: 'timeout',
    truth:
      'five entries are one task, and this one takes longer than NOMAD allows: NOMAD lets it go on without a word, and it ends well',
    versions: TEMPORAL,
    isAlone: true,
    needsTemporal: true,
    told: 'created started stuck? unstuck? succeeded',
    last: 'created succeeded',
    async play({ ada, startWorker }) {
      await startWorker({ process_entry_timeout: 3 });
      const id = await ada.create('timeout', {
        'a.live0': mainfile(0),
        'b.live0': mainfile(0, { sleep: 25 }),
        'c.live0': mainfile(0),
      });
      await ada.ended(id, 300);
      await startWorker({});
    },
  },
  {
    name: 'stalled',
    truth:
      'nothing is processed for 12 minutes while three uploads wait: one message for all; a new worker brings them to a good end',
    isAlone: true,
    ofNomad: 'processing_stalled processing_resumed',
    told: 'created started? succeeded created started? succeeded created started? succeeded',
    last: 'created created created succeeded succeeded succeeded',
    async play({ ada, stopWorker, startWorker }) {
      await stopWorker();
      const ids = [];
      for (const each of ['one', 'two', 'three']) ids.push(await ada.create(`stalled: ${each}`, many(2, { sleep: 1 })));
      await sleep(UNTIL_STALLED);
      await startWorker();
      for (const id of ids) await ada.ended(id);
    },
  },
];
