// What the real NOMAD refuses while the monitor is at work: dead tokens, missing scopes, people it cannot look up, uploads under embargo.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { ADA, GRACE } from '../../../src/demo/nomad-state.ts';
import { type Case, makePat, wireTo } from './cases.ts';

const SECRET = 'a-secret-that-the-test-knows-of-thirty-two-characters';

/** An app token as the server makes it; `lifetime` in seconds, negative: over. */
function sign(user: string, lifetime: number, secret = SECRET): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + lifetime;
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ user, exp })}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

const uploads = (token: string) => ({ endpoint: 'uploads', token }) as const;

export const refusalsCases: readonly Case[] = [
  {
    name: 'each kind of bad token has its own words',
    async run(real, context) {
      await real.control('secret', { secret: SECRET });
      const { client } = wireTo(real, context);
      const said = async (token: string | null) => {
        const answer = await client.request(token === null ? { endpoint: 'uploads' } : uploads(token));
        assert.equal(answer.kind, 'answer');
        return [answer.status, (answer.body as { detail: string }).detail];
      };
      const { noToken, deadPatIsNone, rubbishJwt } = real.facts;
      const rubbish = 'Could not validate credentials. The given token is invalid.';
      assert.deepEqual(await said(null), [401, noToken]);
      if (rubbishJwt === 401) {
        assert.deepEqual(await said('rubbish'), [401, rubbish]);
        assert.deepEqual(await said('a.b.c'), [401, rubbish]);
        assert.deepEqual(await said('nomad_pat_rubbish'), [401, deadPatIsNone ? noToken : rubbish]);
      }
      assert.deepEqual(await said(sign(ADA.id, -60)), [401, 'Expired token.']);
      assert.deepEqual(await said(sign(ADA.id, 60, `another ${SECRET}`)), [401, 'Invalid token.']);
      assert.equal((await client.request(uploads(sign(ADA.id, 60)))).kind, 'answer');
    },
  },
  {
    name: 'a NOMAD_TOKEN that only the server’s clock finds expired: it is tried, cannot be renewed, is refused',
    when: ({ renewal }) => renewal !== 500,
    async run(real, context) {
      await real.control('secret', { secret: SECRET });
      const { nomad, asked, ahead } = wireTo(real, context, {
        credentials: { kind: 'token', token: sign(ADA.id, -3600) },
      });
      ahead.by = -7_200_000;
      const result = await nomad.list(Date.now());
      assert.ok(!result.ok);
      assert.equal(result.refused, 'token');
      assert.deepEqual(asked(), ['auth/app_token 401', 'uploads 401']);
    },
  },
  {
    name: 'the secret was changed when the token is due: the password helps',
    when: ({ renewal }) => renewal !== 500,
    async run(real, context) {
      const { tokens, asked, ahead } = wireTo(real, context, { lifetime: 3600 });
      assert.ok((await tokens.token()).ok);
      asked();
      await real.control('secret');
      ahead.by = 3_000_000;
      assert.ok((await tokens.token()).ok);
      assert.deepEqual(asked(), ['auth/app_token 401', 'auth/token 200', 'auth/app_token 200']);
    },
  },
  {
    name: 'the identity server is down when the token is due: the token goes on being used',
    when: ({ renewal }) => renewal === 403,
    async run(real, context) {
      const { nomad, asked, ahead, refusals } = wireTo(real, context, { lifetime: 3600 });
      assert.ok((await nomad.list(Date.now())).ok);
      asked();
      await real.control('faults', { login_down: true });
      ahead.by = 3_000_000;
      assert.ok((await nomad.list(Date.now())).ok);
      // The server closes the connection after its 500: it may take a second try.
      const answered = asked().filter((line) => !line.endsWith('error'));
      assert.deepEqual([answered, refusals], [['auth/app_token 403', 'auth/token 500', 'uploads 200'], []]);
    },
  },
  {
    name: 'a disabled account is a failing identity server to us, not a wrong password',
    async run(real, context) {
      await real.control('faults', { disabled: [ADA.username] });
      const { nomad, refusals } = wireTo(real, context);
      const result = await nomad.list(Date.now());
      assert.ok(!result.ok);
      assert.deepEqual([result.reason, result.refused, refusals], ['unreachable', null, []]);
    },
  },
  {
    name: 'a directory that fails for a while: not the password’s fault, and then all is well',
    async run(real, context) {
      // Somebody whom NOMAD has not looked up yet: it remembers those whom it has.
      const credentials = { kind: 'password', username: 'lise', password: 'fission' } as const;
      const { nomad, asked, refusals } = wireTo(real, context, { credentials });
      await real.control('faults', { directory_down: true });
      const failed = await nomad.list(Date.now());
      assert.ok(!failed.ok);
      assert.deepEqual([failed.refused, refusals], [null, []]);
      assert.match(failed.problem, real.facts.directoryDown);
      assert.equal(asked().filter((line) => line.startsWith('auth/token')).length, 1);
      await real.control('faults');
      assert.ok((await nomad.list(Date.now())).ok);
    },
  },
  {
    name: 'a PAT without uploads:read is told apart from a dead one',
    when: ({ pats }) => pats,
    async run(real, context) {
      const { token } = await makePat(real, ['users:read']);
      const { nomad, asked } = wireTo(real, context, { credentials: { kind: 'token', token } });
      assert.ok((await nomad.identity()).ok);
      const result = await nomad.list(Date.now());
      assert.ok(!result.ok);
      assert.deepEqual([result.reason, result.refused], ['unauthorized', null]);
      assert.match(result.problem, /Missing scopes.*uploads:read/);
      assert.deepEqual(asked(), ['users/me 200', 'uploads 403']);
    },
  },
  {
    name: 'a stranger’s upload, also a published one under embargo, is not shared with us: no login for it',
    async run(real, context) {
      const main_author = GRACE.id;
      await real.control('uploads', { upload_id: 'theirs', main_author });
      await real.control('uploads', {
        upload_id: 'embargo',
        main_author,
        publish_time: '2026-11-21T00:00:00',
        embargo_length: 12,
      });
      const { nomad, asked, tokens, client } = wireTo(real, context);
      const token = await tokens.token();
      assert.ok(token.ok);
      const said = await client.request({ endpoint: 'uploads/ID', path: 'uploads/embargo', token: token.value.value });
      const detail = 'You do not have access to the specified upload - published with embargo.';
      assert.deepEqual(said.kind === 'answer' && said.body, { detail });
      asked();
      const refused = real.facts.noAccess;
      assert.deepEqual(
        [await nomad.verdict('theirs', ADA.id), await nomad.verdict('embargo', ADA.id)],
        ['unshared', 'unshared'],
      );
      assert.deepEqual(asked(), [`uploads/ID ${refused}`, `uploads/ID ${refused}`]);
    },
  },
  {
    name: 'names where the directory leaves out whom it does not know: one request',
    async run(real, context) {
      await real.control('faults', { leaves_out_unknown: true });
      const { nomad, tokens, asked } = wireTo(real, context);
      await tokens.token();
      asked();
      const names = await nomad.names([GRACE.id, '00000000-0000-4000-8000-00000000dead']);
      assert.deepEqual(Object.fromEntries(names), { [GRACE.id]: 'Grace Hopper' });
      assert.deepEqual(asked(), ['users 200']);
    },
  },
];
