// What the commands about uploads share: the account in the state, and which of the watched uploads are meant.
import type { Snapshot } from '../../domain/upload.ts';
import { type Named, whichUploads } from '../../domain/which-upload.ts';
import type { AccountId } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { complain } from '../output.ts';
import { type StateAccess, type StateOptions, withState } from './with-state.ts';

export interface KnownUploads {
  readonly account: AccountId;
  /** Those that are meant, each once. */
  readonly uploads: readonly Named[];
  readonly ids: readonly string[];
  /** All that are watched, as last seen; null: no upload was named, and it was not read. */
  readonly snapshot: Snapshot | null;
}

/**
 * `words`: ids, names, or the beginning of one. Each must be clear: a wrong one would mute nothing, and nobody would notice. Returns the
 * exit code.
 */
export function withUploads(
  { words, ...from }: StateOptions & { readonly words: readonly string[] },
  work: (at: StateAccess, known: KnownUploads) => Promise<number>,
): Promise<number> {
  return withState({ ...from, ofOne: true }, async (at) => {
    const { account, operator, io, scrub } = at;
    if (account === null) {
      complain(
        io,
        `state: no poll of this account has succeeded yet; start the monitor first, or see ${typed('doctor')}`,
      );
      return EXIT.state;
    }
    const snapshot = words.length > 0 ? await operator.snapshot(account.id) : null;
    const known = [...(snapshot?.uploads.values() ?? [])].map(({ upload }) => upload);
    const { uploads, problems } = whichUploads(words, known, typed('check'));
    for (const problem of problems) complain(io, scrub(problem));
    if (problems.length > 0) return EXIT.usage;
    return work(at, { account: account.id, uploads, ids: uploads.map(({ id }) => id), snapshot });
  });
}
