// The reader on SQLite: what every reader promises.
import { openSqliteReader } from '../../src/store/sqlite/reader.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { readerPromises } from '../support/reader-promises.ts';
import { tempDir } from '../support/temp.ts';

readerPromises(async (context) => {
  const dir = tempDir(context);
  const [store, reader] = [openSqliteStore(dir), openSqliteReader(dir)];
  context.after(async () => {
    await reader.close();
    await store.close();
  });
  return { store, reader };
});
