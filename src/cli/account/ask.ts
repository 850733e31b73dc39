// Which login `account add` is about: from the command line and a pipe, or asked for on the terminal.
import { nomadUrl } from '../../config/value-parsers.ts';
import type { Input, Io } from '../output.ts';
import { createPrompt, readPiped } from './prompt.ts';

export interface LoginWanted {
  /** As given; null: it is asked for. */
  readonly url: string | null;
  readonly username: string | null;
  /** What comes through the pipe; null: it is asked for on the terminal. */
  readonly piped: 'password' | 'token' | null;
}

export interface AskedLogin {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string } | { readonly token: string };
}

export type Asked = AskedLogin | { readonly problem: string } | 'interrupted';

/** `usualUrl`: the address that holds if none is given. */
export async function askLogin(
  wanted: LoginWanted,
  usualUrl: string,
  { io, stdin, stopping }: { readonly io: Io; readonly stdin: Input; readonly stopping: AbortSignal },
): Promise<Asked> {
  const { piped, username } = wanted;
  if (piped === 'token' && username !== null) return { problem: '--token-stdin: give either it or --username' };
  if (piped === 'password' && username === null)
    return { problem: '--password-stdin: needs --username; write for example --username ada --password-stdin' };
  if (piped !== null) return checked(await fromPipe(wanted, usualUrl, piped, stdin));
  if (stdin.isTTY !== true)
    return {
      problem:
        'account add: it asks on a terminal; in a script give --token-stdin, or --username NAME --password-stdin',
    };
  const prompt = createPrompt(stdin, io, stopping);
  try {
    const url = wanted.url ?? (await prompt.ask("NOMAD's address", usualUrl));
    const read = nomadUrl(url);
    if ('problem' in read) return { problem: `NOMAD's address: ${read.problem}` };
    const user = username ?? (await prompt.ask('User name (none: give a token)'));
    if (user === '') return checked({ url, credentials: { token: (await prompt.askSecret('Token')).trim() } });
    return checked({ url, credentials: { username: user, password: await prompt.askSecret('Password') } });
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return 'interrupted';
    throw error;
  } finally {
    prompt.close();
  }
}

async function fromPipe(
  { url, username }: LoginWanted,
  usualUrl: string,
  piped: 'password' | 'token',
  stdin: Input,
): Promise<AskedLogin> {
  const secret = await readPiped(stdin);
  const credentials = piped === 'token' ? { token: secret.trim() } : { username: username ?? '', password: secret };
  return { url: url ?? usualUrl, credentials };
}

function checked({ url, credentials }: AskedLogin): Asked {
  const read = nomadUrl(url);
  if ('problem' in read) return { problem: `--url: ${read.problem}` };
  if ('token' in credentials ? credentials.token === '' : credentials.password === '')
    return { problem: `account add: there is no ${'token' in credentials ? 'token' : 'password'}; nothing was added` };
  return { url: read.value, credentials };
}
