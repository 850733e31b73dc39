// The store on PostgreSQL: what every store promises, kept as on SQLite.
import { after } from 'node:test';
import type { DatabaseTarget } from '../../../src/store/postgres/connect.ts';
import { openDatabase } from '../../../src/store/postgres/database.ts';
import { operatorStoreOn } from '../../../src/store/postgres/inspect.ts';
import { openPostgres } from '../../../src/store/postgres/state.ts';
import { startServer } from '../../support/postgres.ts';
import { readerPromises } from '../../support/reader-promises.ts';
import { storePromises } from '../../support/store-promises.ts';

const server = await startServer();
after(() => server.remove());

/** Leads, and the database has answered it for long. */
async function open(target: DatabaseTarget) {
  const time = { later: 0 };
  const state = openPostgres({
    target,
    login: 'ada',
    instance: 'one',
    clock: Date.now,
    monotonic: () => performance.now() + time.later,
    leaseTime: async (_session, now) => now,
    warn: () => undefined,
    onLead: () => undefined,
  });
  await state.leadership.tick();
  time.later = 20_000;
  await state.leadership.tick();
  // As its loop does: on a busy machine a test takes longer than a leader may be silent.
  const beat = setInterval(() => void state.leadership.tick(), 1000);
  return {
    ...state,
    async close() {
      clearInterval(beat);
      await state.close();
    },
  };
}

storePromises(async () => {
  const target = await server.database();
  return {
    async store() {
      const { store, close } = await open(target);
      return { ...store, close };
    },
    operator: async () => operatorStoreOn(openDatabase(target, 1), 'ada'),
  };
});

readerPromises(async (context) => {
  const { store, reader, close } = await open(await server.database());
  context.after(close);
  return { store, reader };
});
