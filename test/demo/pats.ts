// What personal access tokens of each scope may do (2.x), dead ones too, and what of the answers is kept: status and words.
// The same for the real NOMAD (which records them) and for the simulated one (which is held to them).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADA } from '../../src/demo/nomad-state.ts';
import { FIXTURES } from '../support/answers.ts';

export interface Pat {
  readonly token: string;
  revoke(): Promise<void>;
}
export type MakePat = (scopes: readonly string[]) => Promise<Pat>;

const SCOPES = [['uploads:read'], ['users:read'], ['uploads:read', 'users:read']];
const PATHS = [
  '/uploads',
  '/uploads/u-ready',
  '/uploads/nope',
  '/uploads/u-theirs',
  '/uploads/u-success/entries?page_size=1',
  '/users/me',
  `/users?user_id=${ADA.id}`,
  '/auth/app_token?expires_in=60',
  '/nowhere',
];
const FILE = join(FIXTURES, 'pats-2.json');

/** `who path`: status and words. */
export type PatAnswers = Readonly<Record<string, readonly [number, unknown]>>;

export async function askWithPats(url: string, makePat: MakePat): Promise<PatAnswers> {
  const answers: Record<string, readonly [number, unknown]> = {};
  const ask = async (who: string, token: string) => {
    for (const path of PATHS) {
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const { detail } = (await response.json()) as { readonly detail?: unknown };
      answers[`${who} ${path}`] = [response.status, detail ?? null];
    }
  };
  for (const scopes of SCOPES) {
    const { token } = await makePat(scopes);
    await ask(scopes.join('+'), token);
  }
  const dead = await makePat(['uploads:read', 'users:read']);
  await dead.revoke();
  await ask('revoked', dead.token);
  await ask('mistyped', 'nomad_pat_mistyped');
  return answers;
}

export function keptPats(): PatAnswers {
  return JSON.parse(readFileSync(FILE, 'utf8')) as PatAnswers;
}

export function keepPats(answers: PatAnswers): void {
  writeFileSync(FILE, `${JSON.stringify(answers, null, 2)}\n`);
}
