// What a person does by NOMAD's own routes, and the worker that does it: a step at a time, as far as a case wants to look.
import assert from 'node:assert/strict';
import { ADA } from '../../../src/demo/nomad-state.ts';
import type { RealNomad } from './start.ts';

/** A file that NOMAD's own parser takes, and what becomes of it. */
export const GOOD = 'data:\n  m_def: nomad.datamodel.metainfo.eln.ElnBaseSection\n  name: sample\n';
export const BAD = 'data: [\n';

/** An administrator of NOMAD. */
export const ADMIN: Person = { username: 'admin', password: 'all' };

export interface Step {
  /** The begin of the message that the upload, or the entry of the mainfile `of`, has by then. */
  readonly until?: string;
  readonly of?: string;
  /** The step that fails, and how: `OSError: No space left on device`. */
  readonly wrong?: string;
  readonly error?: string;
}

export interface Person {
  readonly username: string;
  readonly password: string;
}

export async function handOf(real: RealNomad, { username, password }: Person = ADA) {
  const form = new URLSearchParams({ grant_type: 'password', username, password });
  const login = await fetch(`${real.url}/auth/token`, { method: 'POST', body: form });
  const { access_token } = (await login.json()) as { readonly access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, accept: 'application/json' };

  async function ask(method: string, path: string, body?: object | string) {
    const isFile = typeof body === 'string';
    const answer = await fetch(`${real.url}/${path}`, {
      method,
      headers: { ...headers, 'content-type': isFile ? 'application/octet-stream' : 'application/json' },
      ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
  }
  /** To the end of what was ordered, where the route does not itself wait for it. */
  const rest = (id: string) => real.control(`uploads/${id}/rest`);
  async function order(method: string, path: string, body?: object | string): Promise<unknown> {
    const answer = await ask(method, path, body);
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return {
    ask,
    /** An upload without files: READY, no process. */
    async create(name = 'batch-42'): Promise<string> {
      const { upload_id } = (await order('POST', `uploads?upload_name=${name}`)) as { readonly upload_id: string };
      return upload_id;
    },
    put: (id: string, file: string, text: string, query = '') =>
      order('PUT', `uploads/${id}/raw/?file_name=${file}${query}`, text),
    drop: (id: string, file: string) => order('DELETE', `uploads/${id}/raw/${file}`),
    async edit(id: string, metadata: object) {
      await order('POST', `uploads/${id}/edit`, { metadata });
      await rest(id);
    },
    process: (id: string) => order('POST', `uploads/${id}/action/process`),
    async publish(id: string) {
      await order('POST', `uploads/${id}/action/publish`);
      await rest(id);
    },
    stop: (id: string) => order('POST', `uploads/${id}/action/stop-processing`),
    makeFolder: (id: string, name: string) => order('POST', `uploads/${id}/raw-create-dir/${name}`),
    async remove(id: string) {
      await order('DELETE', `uploads/${id}`);
      await rest(id);
    },
    async bundle(id: string): Promise<Blob> {
      const answer = await fetch(`${real.url}/uploads/${id}/bundle`, { headers });
      assert.equal(answer.status, 200);
      return answer.blob();
    },
    async importBundle(id: string, bundle: Blob): Promise<void> {
      const answer = await fetch(`${real.url}/uploads/bundle`, { method: 'POST', headers, body: bundle });
      assert.equal(answer.status, 200, await answer.text());
      await rest(id);
    },
    /** Offers it to somebody; who it is becomes its reviewer. */
    async offer(id: string, to: Person): Promise<string> {
      const target = { target_user: to.username, target_user_type: 'username' };
      const offer = { resource_type: 'upload', resource_id: id, ...target };
      const { transfer_id } = (await order('POST', 'ownership-transfers', offer)) as { readonly transfer_id: string };
      return transfer_id;
    },
    accept: (transfer: string) => order('POST', `ownership-transfers/${transfer}/respond`, { action: 'accept' }),
    /** The worker goes on: to a step, or to the end of what was ordered. */
    work: (id: string, step: Step = {}) => real.control(`uploads/${id}/work`, step),
  };
}
export type Hand = Awaited<ReturnType<typeof handOf>>;
