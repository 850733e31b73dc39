// What the commands about uploads share: the account in the state, and ids that must be those of watched uploads.
import { closest } from '../../config/unknown-variables.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import type { Snapshot } from '../../domain/upload.ts';
import type { AccountId } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { complain } from '../output.ts';
import { type StateAccess, type StateOptions, withState } from './with-state.ts';

export interface KnownUploads {
  readonly account: AccountId;
  /** All that are watched, as last seen; null: no ids were given, and it was not read. */
  readonly snapshot: Snapshot | null;
}

/** The ids must belong to watched uploads: a wrong one would mute nothing, and nobody would notice. Returns the exit code. */
export function withUploads(
  { ids, ...from }: StateOptions & { readonly ids: readonly string[] },
  work: (at: StateAccess, known: KnownUploads) => Promise<number>,
): Promise<number> {
  return withState({ ...from, ofOne: true }, async (at) => {
    const { account, operator, io } = at;
    if (account === null) {
      complain(
        io,
        `state: no poll of this account has succeeded yet; start the monitor first, or see ${typed('doctor')}`,
      );
      return EXIT.state;
    }
    const snapshot = ids.length > 0 ? await operator.snapshot(account.id) : null;
    const unknown = ids.filter((id) => snapshot?.uploads.has(id) !== true);
    for (const id of unknown) {
      const near = closest(id, [...(snapshot?.uploads.keys() ?? [])]);
      complain(
        io,
        `${oneLine(id, 80)}: no watched upload has this id${near === null ? `; see ${typed('check --json')}` : `; did you mean ${near}?`}`,
      );
    }
    if (unknown.length > 0) return EXIT.usage;
    return work(at, { account: account.id, snapshot });
  });
}
