// Who reads a message, by the configuration and the rules: for the monitor, and for a test of its channels.
import type { Config } from '../config/config.ts';
import { guiOf } from '../domain/text/links.ts';
import { type ReaderOf, type ReadersOptions, createReaders } from '../jobs/readers.ts';

export function readersOf(
  { nomad: { url, credentials }, http, timeZone }: Config,
  parts: Pick<ReadersOptions, 'rules' | 'routing' | 'lastPoll'> & Partial<Pick<ReadersOptions, 'page'>>,
): ReaderOf {
  const username = credentials.kind === 'password' ? credentials.username : null;
  return createReaders({ page: () => http.publicUrl, ...parts, username, timeZone, nomad: url, gui: guiOf(url) });
}
