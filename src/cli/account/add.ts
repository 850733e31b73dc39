// `account add`: logs in once, keeps what is needed for it in a file of its own, and adds the account to ACCOUNTS_FILE.
import { dirname, join } from 'node:path';
import { type Kept, SCOPES, createLoginExchange } from '../../app/login-exchange.ts';
import { inKeys } from '../../config/account-keys.ts';
import { type NewAccount, withAccount } from '../../config/accounts-edit.ts';
import { nameProblem, readAccountsFile } from '../../config/accounts-file.ts';
import { type AccountStore, openAccountStore, secretPath } from '../../config/accounts-store.ts';
import { configFor, loginKey } from '../../config/accounts.ts';
import type { Config } from '../../config/config.ts';
import { type Load, load } from '../../config/load.ts';
import { readText } from '../../config/read-text.ts';
import { excerpt, nomadUrl } from '../../config/value-parsers.ts';
import { defaultOf } from '../../config/variables/all.ts';
import { textOf } from '../../domain/text/error.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { type Scrubber, createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { EXIT } from '../exit-status.ts';
import { typed, version } from '../installation.ts';
import { type Input, type Io, complain, print } from '../output.ts';
import { tintOf, widthOf } from '../terminal/terminal.ts';
import { type AskedLogin, type LoginWanted, askLogin } from './ask.ts';
import { asText } from './check.ts';
import { type Look, lookAt } from './look.ts';

export interface AddOptions extends LoginWanted {
  readonly envFile: string | null;
  readonly io: Io;
  readonly stdin: Input;
  readonly stopping: AbortSignal;
  readonly name: string;
}

/** Where it is added. */
interface Target {
  /** As ACCOUNTS_FILE names it. */
  readonly file: string;
  readonly name: string;
  /** The address of an account that has none of its own. */
  readonly usualUrl: string;
}

export async function addAccount(options: AddOptions): Promise<number> {
  const { envFile, io, stdin, stopping, name } = options;
  const read = load(envFile, { scheduleProblem }, io.env);
  const target = targetOf(read, name);
  if ('problems' in target) return refused(io, target.problems);
  const asked = await askLogin(options, target.usualUrl, { io, stdin, stopping });
  if (asked === 'interrupted') return EXIT.interrupted;
  if ('problem' in asked) return refused(io, [asked.problem]);
  const login = loginValues(asked);
  const parsed = configFor(read.values, { url: asked.url, login }, { scheduleProblem });
  if ('problems' in parsed) return refused(io, parsed.problems);
  const config = { ...parsed.config, account: name };
  const twin = read.loaded?.accounts.find((each) => loginKey(each.config) === loginKey(config));
  if (twin !== undefined)
    return refused(io, [`${twin.name ?? 'NOMAD_USERNAME'} is this login already; nothing was added`]);
  const scrubber = createScrubber([...read.secrets, ...config.secrets]);
  try {
    const store = openAccountStore(target.file);
    try {
      return await logInAndAdd({ options, target, asked, config, scrubber, store });
    } finally {
      store.close();
    }
  } catch (error) {
    return refused(io, [`${excerpt(target.file)}: nothing was added: ${scrubber.scrub(textOf(error))}`]);
  }
}

function refused(io: Io, problems: readonly string[]): number {
  for (const problem of problems) complain(io, problem);
  return EXIT.usage;
}

function targetOf({ values }: Load, name: string): Target | { readonly problems: readonly string[] } {
  const file = values['ACCOUNTS_FILE'];
  const wrongName = nameProblem(name);
  if (wrongName !== null) return { problems: [wrongName] };
  if (file === undefined)
    return {
      problems: [
        'ACCOUNTS_FILE: not set; write for example ACCOUNTS_FILE=accounts.yaml into .env: the file itself is made here',
      ],
    };
  const text = readText(file);
  const written = text === null || text.trim() === '' ? null : readAccountsFile(text, excerpt(file));
  const taken = written?.accounts.find((each) => each.name === name);
  if (taken !== undefined)
    return { problems: [`${taken.place.text}: there is an account "${name}" already; choose another name`] };
  const usual = nomadUrl(written?.defaults.get('nomad_url')?.text ?? values['NOMAD_URL'] ?? defaultOf('NOMAD_URL'));
  try {
    withAccount(text, newAccount({ name, nomadUrl: null, username: null, kind: 'token', comment: null }));
  } catch {
    const problems = written?.problems.map(({ place, sentence }) =>
      place === null ? sentence : `${place}: ${sentence}`,
    );
    return { problems: problems ?? [`${excerpt(file)}: it cannot be read as YAML`] };
  }
  return { file, name, usualUrl: 'value' in usual ? usual.value : defaultOf('NOMAD_URL') };
}

interface Attempt {
  readonly options: AddOptions;
  readonly target: Target;
  readonly asked: AskedLogin;
  readonly config: Config;
  readonly scrubber: Scrubber;
  readonly store: AccountStore;
}

async function logInAndAdd(attempt: Attempt): Promise<number> {
  const { asked, config, scrubber, options } = attempt;
  const { io, stopping } = options;
  if ('token' in asked.credentials) {
    const look = await lookAt(config, scrubber, stopping);
    if (stopping.aborted) return EXIT.interrupted;
    if (look.grade !== 'good') return notAdded(io, look);
    add(attempt, { kind: 'token', secret: asked.credentials.token, username: null, comment: null });
    print(io, `the token is in ${secretFile(attempt, 'token')}, which only its owner can read`);
    return told(attempt, look);
  }
  const { username, password } = asked.credentials;
  const tokenName = `nomad-upload-monitor ${attempt.target.name}`;
  const setup = createLoginExchange({ config, username, password, tokenName, version: version(), scrubber });
  try {
    const made = await setup.run(stopping);
    if (stopping.aborted) return EXIT.interrupted;
    if (!made.ok) {
      const problem = made.problem.replace('fix them and restart', 'try again');
      complain(io, `${oneLine(inKeys(scrubber.scrub(problem)), 400)}; nothing was added`);
      return made.reason === 'unauthorized'
        ? EXIT.refused
        : made.reason === 'unreachable'
          ? EXIT.unreachable
          : EXIT.bad;
    }
    return await keep(attempt, made.value, { username, password });
  } finally {
    setup.close();
  }
}

/** Keeps the token, or else the password. Nothing is left of the token when the files cannot be written. */
async function keep(
  attempt: Attempt,
  { token, undo }: Kept,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<number> {
  const { options, scrubber } = attempt;
  const { io, stopping } = options;
  if (token === null) {
    add(attempt, { kind: 'password', secret: password, username, comment: null });
    print(
      io,
      `NOMAD makes no personal access token for this account: the password is in ${secretFile(attempt, 'password')}, which only its owner can read`,
    );
    return told(attempt, null);
  }
  const day = token.expiresAt === null ? null : new Date(token.expiresAt).toISOString().slice(0, 10);
  let isKept = false;
  try {
    const { nomad, ...rest } = attempt.config;
    const config = { ...rest, nomad: { ...nomad, credentials: { kind: 'token', token: token.value } as const } };
    const look = await lookAt(config, scrubber, stopping);
    if (stopping.aborted) return EXIT.interrupted;
    if (look.grade !== 'good') return notAdded(io, look);
    add(attempt, { kind: 'token', secret: token.value, username: null, comment: day === null ? null : `until ${day}` });
    isKept = true;
    print(
      io,
      `NOMAD made a personal access token that can only read (${SCOPES.join(', ')})${day === null ? '' : ` until ${day}`}: it is in ${secretFile(attempt, 'token')}, which only its owner can read; the password was not kept`,
    );
    return told(attempt, look);
  } finally {
    if (!isKept && !(await undo()))
      complain(
        io,
        `the token "nomad-upload-monitor ${attempt.target.name}" could not be taken back; revoke it on NOMAD's page`,
      );
  }
}

interface Secret {
  readonly kind: 'token' | 'password';
  readonly secret: string;
  /** null: it logs in with the token. */
  readonly username: string | null;
  readonly comment: string | null;
}

function add({ target, asked, store }: Attempt, { kind, secret, username, comment }: Secret): void {
  const nomadUrl = asked.url === target.usualUrl ? null : asked.url;
  store.add(newAccount({ name: target.name, nomadUrl, username, kind, comment }), secret);
}

function newAccount({
  kind,
  comment,
  ...account
}: Omit<NewAccount, 'secret'> & Pick<Secret, 'kind' | 'comment'>): NewAccount {
  return { ...account, secret: { key: `${kind}_file`, path: secretPath(account.name, kind), comment } };
}

function loginValues({ credentials }: AskedLogin): Readonly<Record<string, string>> {
  if ('token' in credentials) return { NOMAD_TOKEN: credentials.token };
  return { NOMAD_USERNAME: credentials.username, NOMAD_PASSWORD: credentials.password };
}

function secretFile({ target: { file, name } }: Attempt, kind: 'token' | 'password'): string {
  return join(dirname(file), secretPath(name, kind));
}

function notAdded(io: Io, { grade, finding, advice }: Look): number {
  complain(io, `${finding}; nothing was added`);
  if (advice !== null) complain(io, advice);
  return EXIT[grade];
}

/** What was found of it, and what is still wrong with the rest. */
function told({ options, target }: Attempt, look: Look | null): number {
  const { io, envFile } = options;
  print(io, `${target.name} was added to ${target.file}`);
  if (look === null) print(io, `to see its uploads: ${typed(`account check ${target.name}`)}`);
  else
    print(io, asText(look, { width: target.name.length, tint: tintOf(io.stdout, io.env), room: widthOf(io.stdout) }));
  for (const problem of load(envFile, { scheduleProblem }, io.env).problems) complain(io, problem);
  return EXIT.good;
}
