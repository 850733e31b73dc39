// Clocks that disagree, and tokens that NOMAD refuses as soon as it has made them: logins are counted.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { GENERATIONS } from '../../src/demo/nomad-generations.ts';
import { ADA, addUpload, succeed } from '../../src/demo/nomad-state.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/text/durations.ts';
import { T0 } from '../support/builders.ts';
import { wire } from '../support/nomad.ts';

type Options = Parameters<typeof wire>[0];

/** `uploads`: a listing of 300 takes two requests. */
async function set(context: TestContext, options: Options = {}, uploads = 3) {
  const wiring = await wire({ lifetime: DAY / SECOND, ...options });
  context.after(wiring.close);
  const { server, lines, nomad, tokens, time } = wiring;
  for (let index = 0; index < uploads; index += 1) {
    succeed(
      addUpload(server.world, `u${String(index).padStart(3, '0')}`, T0 - HOUR, { process: 'process_upload' }),
      T0,
    );
  }
  const logins = () => lines().filter((line) => line === 'POST /auth/token').length;
  const appTokens = () => lines().filter((line) => line.startsWith('GET /auth/app_token')).length;
  /** As the program does each minute. */
  const poll = async (minute: number) => {
    time.now = T0 + minute * MINUTE;
    const identity = await nomad.identity();
    const listing = identity.ok ? await nomad.list(time.now) : identity;
    await nomad.renew();
    return listing;
  };
  return { ...wiring, logins, appTokens, poll, tokens };
}

const CLOCKS: readonly (readonly [string, Options])[] = [
  ['all agree', {}],
  ['no Date, our clock is 2 days ahead', { dateAhead: null, skew: 2 * DAY }],
  ['no Date, our clock is 2 days behind', { dateAhead: null, skew: -2 * DAY }],
  ['Date is 2 days ahead of what makes tokens', { dateAhead: 2 * DAY }],
  ['Date is 2 days behind what makes tokens', { dateAhead: -2 * DAY }],
  ['Date is honest, our clock is 2 days ahead', { skew: 2 * DAY }],
  ['Date is honest, our clock is 2 days behind', { skew: -2 * DAY }],
  ['lifetime of 10 minutes, Date is 11 ahead', { lifetime: 600, dateAhead: 11 * MINUTE }],
  ['lifetime of 10 minutes, Date is 10 ahead', { lifetime: 600, dateAhead: 10 * MINUTE - 3 * SECOND }],
  ['lifetime of 10 minutes, no Date, ours is 11 ahead', { lifetime: 600, dateAhead: null, skew: 11 * MINUTE }],
];
for (const generation of GENERATIONS) {
  for (const [what, options] of CLOCKS) {
    test(`${generation}, ${what}: one login for a listing in several requests, and none in the minutes after it`, async (context) => {
      const { poll, logins, appTokens, renewals } = await set(context, { generation, ...options }, 300);

      for (const minute of [0, 1, 2, 3]) assert.ok((await poll(minute)).ok);
      assert.deepEqual([logins(), appTokens(), renewals], [1, 1, ['ok']]);
    });
  }

  test(`${generation}, each token is refused as soon as it is made: at most five logins in any hour`, async (context) => {
    const { poll, server, time, lines } = await set(context, { generation });
    server.setFault(({ path }) =>
      path.startsWith('/auth/') ? undefined : { status: 401, body: '{"detail":"Expired token."}' },
    );
    const times: number[] = [];
    const problems = new Set<string>();
    for (let minute = 0; minute < 150; minute += 1) {
      const before = lines().length;
      const result = await poll(minute);
      assert.ok(!result.ok);
      problems.add(result.problem.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME'));
      assert.equal(result.refused, null, 'it is not the password');
      const made = lines()
        .slice(before)
        .filter((line) => line === 'POST /auth/token').length;
      times.push(...Array.from({ length: made }, () => time.now));
    }
    assert.equal(times.filter((time) => time === T0).length, 2, 'once more at once');
    for (const time of times)
      assert.ok(times.filter((other) => other > time - HOUR && other <= time).length <= 5, times.join(' '));
    assert.ok(times.length >= 10, 'it is tried again');
    assert.deepEqual(
      [...problems],
      [
        'account: NOMAD answered 401 "Expired token."',
        'NOMAD refuses each token right after it created it; are the clocks of its servers right? The next login is at TIME',
      ],
    );
  });

  test(`${generation}, tokens that were refused are good again: no login is needed for that`, async (context) => {
    const { poll, server, logins } = await set(context, { generation });
    server.setFault(({ path }) =>
      path === '/users/me' ? { status: 401, body: '{"detail":"Expired token."}' } : undefined,
    );
    for (const minute of [0, 1, 2]) assert.ok(!(await poll(minute)).ok);
    server.setFault(null);
    assert.ok((await poll(3)).ok);
    assert.equal(logins(), 2);
  });
}

test('one of two workers refuses each token: a login for each request is not the answer', async (context) => {
  const { poll, server, logins } = await set(context);
  let asked = 0;
  server.setFault(({ path }) =>
    !path.startsWith('/auth/') && (asked += 1) % 2 === 0 ? { status: 401, body: '{"detail":"x"}' } : undefined,
  );
  for (let minute = 0; minute < 60; minute += 1) await poll(minute);
  assert.ok(logins() <= 6, `${logins()} logins`);
});

test('the token of a login is refused where an app token is asked for: backed off too', async (context) => {
  const { poll, server, logins } = await set(context);
  server.setFault(({ path }) => (path === '/auth/app_token' ? { status: 401, body: '{"detail":"x"}' } : undefined));
  for (let minute = 0; minute < 59; minute += 1) assert.ok(!(await poll(minute)).ok);
  assert.equal(logins(), 5);
});

test('a token that was good for an hour is refused: one login at once, whatever was before', async (context) => {
  const { poll, server, logins, tokens } = await set(context);
  for (const hour of [0, 1, 2, 3, 4, 5, 6]) {
    assert.ok((await poll(hour * 60)).ok);
    const token = await tokens.token();
    if (token.ok) server.tokens.revoke(token.value.value);
  }
  assert.ok((await poll(7 * 60)).ok);
  assert.equal(logins(), 8);
});

test('NOMAD_TOKEN past its end by our clock, which is wrong: NOMAD is asked, and decides', async (context) => {
  for (const generation of GENERATIONS) {
    const { poll, logins } = await set(context, {
      generation,
      skew: 12 * DAY,
      credentials: (server) => ({ kind: 'token', token: server.tokens.mint('app', ADA, (10 * DAY) / SECOND) }),
    });
    for (const minute of [0, 1, 2]) assert.ok((await poll(minute)).ok, generation);
    assert.equal(logins(), 0);
  }
});

test('NOMAD_TOKEN that is over, by NOMAD too: said, and NOMAD is left alone', async (context) => {
  const { poll, lines } = await set(context, {
    credentials: (server) => ({ kind: 'token', token: server.tokens.mint('app', ADA, 1) }),
  });
  const asked: number[] = [];
  for (const minute of [1, 2, 3, 4]) {
    const before = lines().length;
    const result = await poll(minute);
    assert.ok(!result.ok && result.refused === 'token');
    asked.push(lines().length - before);
  }
  assert.deepEqual(asked.slice(2), [0, 0]);
});

test('NOMAD_TOKEN near its end by a wrong clock, while renewals fail: not asked with each request', async (context) => {
  const { poll, server, appTokens } = await set(context, {
    skew: 12 * DAY,
    credentials: (given) => ({ kind: 'token', token: given.tokens.mint('app', ADA, (10 * DAY) / SECOND) }),
  });
  server.setFault(({ path }) => (path === '/auth/app_token' ? { status: 503 } : undefined));
  for (const minute of [0, 1, 2, 3, 4]) assert.ok((await poll(minute)).ok);
  assert.equal(appTokens(), 1);
});

test('the token of a login that shows its end only, in the past: used until NOMAD refuses it', async (context) => {
  const { poll, server, logins } = await set(context, { generation: '1.3', dateAhead: 2 * DAY });
  server.setFault(({ path }) => (path === '/auth/app_token' ? { status: 404 } : undefined));
  for (const minute of [0, 1, 2, 3, 4]) assert.ok((await poll(minute)).ok);
  assert.equal(logins(), 1);
  assert.ok((await poll(6)).ok);
  assert.equal(logins(), 2);
});
