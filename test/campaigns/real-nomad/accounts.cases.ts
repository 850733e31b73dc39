// `account add` against the real NOMAD: a token that can only read, or the password where there are none; and a token that is taken back.
import assert from 'node:assert/strict';
import { ADA } from '../../../src/demo/nomad-state.ts';
import { makePersonalToken, revokePersonalToken } from '../../../src/nomad/personal-token.ts';
import { accountFiles } from '../../support/account-files.ts';
import { type Case, wireTo } from './cases.ts';

const WANTED = { name: 'monitor', description: 'reads', scopes: ['uploads:read', 'entries:read', 'users:read'] };
const asAda = ['--username', ADA.username, '--password-stdin'];

export const accountsCases: readonly Case[] = [
  {
    name: 'account add keeps a token where NOMAD makes them, else the password, and gets in with it',
    async run(real, context) {
      await real.control('uploads', { upload_id: 'one', process_status: 'SUCCESS' });
      const { call, text } = accountFiles(context, null, { NOMAD_URL: real.url });
      const added = await call(['account', 'add', 'ada', ...asAda], ADA.password);
      assert.equal(added.code, 0, added.output);
      assert.equal(text('secrets/ada.token') !== null, real.facts.pats);
      assert.equal(text('secrets/ada.password') !== null, !real.facts.pats);
      const checked = await call(['account', 'check']);
      assert.equal(checked.code, 0, checked.output);
      assert.match(checked.stdout, /^ok {3}ada {2}ada@lab\.example, user 68878af7-[^;]*; 1 upload; /);
      const refused = await call(['account', 'add', 'eve', '--username', 'eve', '--password-stdin'], 'wrong');
      assert.equal(refused.code, 4, refused.output);
    },
  },
  {
    name: 'a personal access token that was made can be taken back',
    when: ({ pats }) => pats,
    async run(real, context) {
      const { client } = wireTo(real, context);
      const form = { grant_type: 'password', username: ADA.username, password: ADA.password };
      const login = await client.request({ endpoint: 'auth/token', form });
      const bearer = login.kind === 'answer' ? (login.body as { access_token: string }).access_token : '';
      const made = await makePersonalToken(client, bearer, WANTED);
      assert.ok(made.ok && made.value !== null);
      assert.ok(Math.abs((made.value.expiresAt ?? 0) - Date.now() - 365 * 86_400_000) < 60_000);
      const own = wireTo(real, context, { credentials: { kind: 'token', token: made.value.token } });
      assert.ok((await own.nomad.list(Date.now())).ok);
      assert.ok(await revokePersonalToken(client, bearer, made.value.id));
      assert.equal((await own.nomad.list(Date.now())).ok, false);
    },
  },
  {
    name: 'an app token makes no personal access token',
    async run(real, context) {
      const { client, tokens } = wireTo(real, context);
      const app = await tokens.token();
      assert.ok(app.ok);
      assert.deepEqual(await makePersonalToken(client, app.value.value, WANTED), { ok: true, value: null });
    },
  },
];
