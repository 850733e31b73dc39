// What NOMAD's answer for one upload means. Decides nothing about what is done with it.
import type { MissingVerdict } from '../domain/diff/missing.ts';
import { refusalOf } from '../domain/nomad/token-policy.ts';
import type { Answer } from './client.ts';
import { readDetail, readSharing } from './wire.ts';

/**
 * Only NOMAD's exact words count (measured on 1.3.17 and 2.0.0): other 404s mean a wrong address, other refusals a wrong token.
 * 200 does not mean that it is ours: a stranger's published upload answers too. When it names no group and not us, it is not shared with us.
 */
export function verdictOf(answer: Answer, userId: string | null): MissingVerdict {
  if (answer.kind === 'silence') return 'unknown';
  const detail = readDetail(answer.body);
  if (answer.status === 404) return detail === 'The specified upload_id was not found.' ? 'deleted' : 'unknown';
  if (answer.status === 401 || answer.status === 403) {
    return refusalOf(answer.status, detail) === 'upload' ? 'unshared' : 'unknown';
  }
  const sharing = answer.status === 200 ? readSharing(answer.body) : null;
  if (sharing === null) return 'unknown';
  return userId !== null && !sharing.hasGroups && !sharing.users.includes(userId) ? 'unshared' : 'present';
}
