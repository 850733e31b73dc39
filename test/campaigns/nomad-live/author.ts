// A person at a real NOMAD: logs in, uploads, edits, publishes, stops, deletes, as its API lets people do.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Files, zip } from './archive.ts';
import type { Person } from './people.ts';

/** What is asked for here of what NOMAD says of an upload. */
export interface Upload {
  readonly upload_id: string;
  readonly upload_name: string;
  readonly process_running: boolean;
  readonly process_status: string;
  readonly current_process?: string;
  readonly last_status_message?: string;
  readonly entries: number;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export type Author = ReturnType<typeof author>;
type Query = Readonly<Record<string, string | number | boolean>>;

export async function login(api: string, person: Person): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'password', username: person.username, password: person.password });
  const access = await json<{ access_token: string }>(await fetch(`${api}/auth/token`, { method: 'POST', body: form }));
  const authorization = `Bearer ${access.access_token}`;
  const url = `${api}/auth/app_token?expires_in=86400`;
  return (await json<{ app_token: string }>(await fetch(url, { headers: { authorization } }))).app_token;
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** `pause`: ms that are left between two steps, so that who polls each second sees each. */
export function author(api: string, token: string, { pause = 3000 } = {}) {
  const binary = 'application/octet-stream';
  async function ask(method: string, path: string, query: Query = {}, body?: Uint8Array | object): Promise<Answer> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(`${api}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': isBytes ? binary : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }
  async function must(...args: Parameters<typeof ask>): Promise<unknown> {
    const { status, body } = await ask(...args);
    if (status !== 200) throw new Error(`${args[0]} ${args[1]}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
    return body;
  }
  const of = (id: string) => `/uploads/${id}`;
  async function upload(id: string): Promise<Upload | null> {
    const { status, body } = await ask('GET', of(id));
    if (status === 404) return null;
    if (status !== 200) throw new Error(`GET ${of(id)}: ${status} ${JSON.stringify(body).slice(0, 300)}`);
    return (body as { data: Upload }).data;
  }
  async function until(id: string, what: string, isSo: (upload: Upload) => boolean, seconds = 300): Promise<Upload> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const now = await upload(id);
      if (now !== null && isSo(now)) return now;
      if (Date.now() > end)
        throw new Error(`not within ${seconds} s: ${what}; it is ${JSON.stringify(now).slice(0, 400)}`);
      await sleep(200);
    }
  }
  const rest = () => sleep(pause);
  return {
    ask,
    must,
    rest,
    upload,
    until,
    async bytes(path: string): Promise<Buffer> {
      const response = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return Buffer.from(await response.arrayBuffer());
    },
    /** Uploads an archive; resolves with the id of the upload. */
    async create(name: string, files: Files | Buffer, query: Query = {}): Promise<string> {
      const body = Buffer.isBuffer(files) ? files : zip(files);
      const made = await must('POST', '/uploads', { file_name: 'files.zip', upload_name: name, ...query }, body);
      return (made as { upload_id: string }).upload_id;
    },
    /** An upload without a file. */
    async empty(name: string, query: Query = {}): Promise<string> {
      return ((await must('POST', '/uploads', { upload_name: name, ...query })) as { upload_id: string }).upload_id;
    },
    put: (id: string, name: string, text: string | Buffer, query: Query = {}) =>
      ask('PUT', `${of(id)}/raw/`, { file_name: name, ...query }, Buffer.from(text)),
    folder: (id: string, path: string) => must('POST', `${of(id)}/raw-create-dir/${path}`),
    process: (id: string) => must('POST', `${of(id)}/action/process`),
    edit: (id: string, metadata: object) => must('POST', `${of(id)}/edit`, {}, { metadata }),
    publish: (id: string) => must('POST', `${of(id)}/action/publish`),
    stop: (id: string) => must('POST', `${of(id)}/action/stop-processing`),
    remove: (id: string) => must('DELETE', of(id)),
    /** Resolves when nothing runs in it any more, and a while later. */
    async ended(id: string, seconds = 300): Promise<Upload> {
      const last = await until(id, 'its process ends', ({ process_running }) => !process_running, seconds);
      await rest();
      return last;
    },
    async gone(id: string): Promise<void> {
      const end = Date.now() + 60_000;
      while ((await upload(id)) !== null) {
        if (Date.now() > end) throw new Error(`${id} is still there`);
        await sleep(200);
      }
      await rest();
    },
  };
}
