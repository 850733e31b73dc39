// A NOMAD with ten accounts, of which some are ill: one hangs, one is refused, one is large, one gets errors and nonsense. In the others uploads
// fail at random. It notes who asked when.
import type { FaultRule, SimulatedFault } from '../../../src/demo/nomad-faults.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { type User, addUpload, createWorld, fail, succeed } from '../../../src/demo/nomad-state.ts';

/** What is told of these must be complete. */
export const GOOD = ['ada', 'grace', 'lise', 'maria', 'chien-shiung'] as const;
export const LARGE = 'large';
/** Goes, and comes back. */
export const ABSENT = 'absent';
/** Everybody whose uploads fail in the campaign. */
export const WATCHED = [...GOOD, LARGE, ABSENT] as const;
export const HANGS = 'hangs';
export const REFUSED = 'refused';
export const NONSENSE = 'nonsense';
export const EVERYBODY = [...WATCHED, HANGS, REFUSED, NONSENSE] as const;

export interface Asked {
  readonly account: string;
  /** ms. */
  readonly at: number;
}

export interface Group {
  readonly url: string;
  readonly tokens: ReadonlyMap<string, string>;
  readonly asked: readonly Asked[];
  /** By the error of each upload that failed: whose it is. */
  readonly failures: ReadonlyMap<string, string>;
  /** Another upload of one of them fails. */
  failOne(): void;
  close(): Promise<void>;
}

const UPLOADS = 20;
const MANY_UPLOADS = 3000;
const MINUTE = 60_000;
const SCOPES = ['uploads:read', 'entries:read', 'users:read'];

export async function startGroup(random: () => number): Promise<Group> {
  const world = createWorld();
  const nomad = await startSimulatedNomad({ world });
  const users = EVERYBODY.map(userOf);
  const tokens = new Map(users.map((user) => [user.username, nomad.tokens.mintPat(user, SCOPES)]));
  const names = new Map([...tokens].map(([name, token]) => [token, name]));
  for (const user of users) addPast(user);
  nomad.tokens.revoke(tokens.get(REFUSED) ?? '');
  const asked: Asked[] = [];
  const failures = new Map<string, string>();

  function addPast({ id, username }: User): void {
    const count = username === LARGE ? MANY_UPLOADS : UPLOADS;
    for (let index = 0; index < count; index += 1) {
      const at = Date.now() - (count - index + 60) * MINUTE;
      const more = { name: `${username} ${index}`, mainAuthor: id, process: 'process_upload' };
      succeed(addUpload(world, `${username}-${index}`, at, more), at + MINUTE / 2, 3);
    }
  }

  const rule: FaultRule = ({ token, path }) => {
    const account = names.get(token ?? '') ?? '';
    asked.push({ account, at: Date.now() });
    if (account === HANGS) return { hold: new Promise(() => undefined) };
    return account === NONSENSE && path !== '/users/me' ? nonsense(random(), token ?? '') : undefined;
  };
  nomad.setFault(rule);

  return {
    url: nomad.url,
    tokens,
    asked,
    failures,
    failOne() {
      const user = users[Math.floor(random() * WATCHED.length)] ?? userOf(ABSENT, 0);
      const error = `E-${failures.size + 1000}`;
      failures.set(error, user.username);
      const name = `${user.username} of ${error}`;
      const upload = addUpload(world, `failed-${error}`, Date.now(), { name, mainAuthor: user.id });
      fail(upload, Date.now(), [`KeyError: ${error}`]);
    },
    close: () => nomad.close(),
  };
}

function userOf(name: string, index: number): User {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return { id, username: name, password: '', email: addressOf(name), name };
}

export function addressOf(account: string): string {
  return `${account}@lab.example`;
}

/** The server repeats the token in what it answers. */
function nonsense(random: number, token: string): SimulatedFault {
  const detail = `no, not ${token}`;
  const html = { 'content-type': 'text/html' };
  const all: readonly SimulatedFault[] = [
    { status: 500, body: JSON.stringify({ detail }) },
    { status: 502, body: `<html>${detail}`, headers: html },
    { status: 200, body: `{"data": [{"upload_id": "${token}` },
    { status: 200, body: JSON.stringify({ pagination: { total: 'many' }, data: [null, 7, { upload_id: [token] }] }) },
    { reset: true },
  ];
  return all[Math.floor(random * all.length)] ?? {};
}
