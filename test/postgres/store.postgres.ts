// The store on PostgreSQL: what every store promises, kept as on SQLite.
import { after } from 'node:test';
import { type DatabaseTarget, openDatabase } from '../../src/store/postgres-connect.ts';
import { createPostgresDesk } from '../../src/store/postgres-desk.ts';
import { openPostgres } from '../../src/store/postgres-open.ts';
import { startServer } from '../support/postgres.ts';
import { readerPromises } from '../support/reader-promises.ts';
import { storePromises } from '../support/store-promises.ts';

const server = await startServer();
after(() => server.remove());

const open = (target: DatabaseTarget) =>
  openPostgres({
    target,
    login: 'ada',
    instance: 'one',
    clock: Date.now,
    elapsed: () => performance.now(),
    tell: () => undefined,
    onLead: () => undefined,
  });

storePromises(async () => {
  const target = await server.database();
  return {
    async store() {
      const { store, leadership, close } = open(target);
      await leadership.tick();
      return { ...store, close };
    },
    desk: async () => createPostgresDesk(openDatabase(target, 1), 'ada'),
  };
});

readerPromises(async (context) => {
  const { store, reader, leadership, close } = open(await server.database());
  context.after(close);
  await leadership.tick();
  return { store, reader };
});
