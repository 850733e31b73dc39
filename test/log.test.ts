import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, createScrubber } from '../src/log.ts';

const SECRETS = ['p&ss "wörd"/?', 'tok+en=='];

for (const format of ['json', 'pretty'] as const) {
  test(`${format}: one line an event, without a secret in any form`, () => {
    const lines: string[] = [];
    const { scrub, add } = createScrubber(SECRETS);
    const log = createLog({ level: 'debug', format, colour: false, scrub, write: (text) => lines.push(text) });
    add('token of later');
    for (const secret of [...SECRETS, 'token of later']) {
      const forms = [
        secret,
        encodeURIComponent(secret),
        new URLSearchParams({ s: secret }).toString(),
        Buffer.from(secret).toString('base64'),
      ];
      log.warn({ err: new Error(`about ${secret}`), forms, nested: { [secret]: secret } }, `sent ${forms.join(' ')}`);
    }
    const output = lines.join('');
    for (const secret of SECRETS) {
      for (const form of [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').slice(0, -2),
      ]) {
        assert.ok(!output.includes(form), `${form} in ${output}`);
      }
    }
    assert.ok(!output.includes('token of later'));
    assert.ok(output.includes('[secret]'));
    if (format === 'json') assert.equal(output.trimEnd().split('\n').length, 3);
  });
}

test('tokens come and go for years: the newest are kept secret, those in use among them, and what was configured always', () => {
  const { add, keep, scrub } = createScrubber(['configured']);
  keep(['read later']);
  add('long in use');
  for (let index = 0; index < 12_000; index += 1) {
    add(`token ${String(index).padStart(5, '0')} of many`);
    if (index % 50 === 0) add('long in use');
  }
  assert.equal(
    scrub('configured, read later, long in use, token 11999 of many'),
    '[secret], [secret], [secret], [secret]',
  );
  assert.equal(scrub('token 00000 of many'), 'token 00000 of many');
});

test('what is below the level is not written', () => {
  const lines: string[] = [];
  const log = createLog({
    level: 'warn',
    format: 'json',
    colour: false,
    scrub: (text) => text,
    write: (text) => lines.push(text),
  });
  log.info({}, 'no');
  log.error({ upload_id: 'u' }, 'yes');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['msg']),
    ['yes'],
  );
});

test('half a character in a secret breaks nothing', () => {
  const { scrub } = createScrubber(['secret\ud800']);
  assert.equal(scrub('a secret\ud800 b'), 'a [secret] b');
});

for (const [level, other] of [
  ['info', 'debug'],
  ['fatal', 'debug'],
  ['debug', 'info'],
] as const) {
  test(`started at ${level}: to ${other} and back, and each time the line that says so is written`, () => {
    const lines: string[] = [];
    const write = (text: string) => void lines.push(text);
    const log = createLog({ level, format: 'json', colour: false, scrub: (text) => text, write });
    log.toggleDebug();
    log.debug({}, 'in detail');
    log.toggleDebug();
    const told = lines.map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string });
    const now = [other, level].map((each) => ({ level: each, msg: `the log level is now ${each}` }));
    assert.deepEqual(
      told.map(({ level: at, msg }) => ({ level: at, msg })).filter(({ msg }) => msg !== 'in detail'),
      now,
    );
    assert.equal(
      told.some(({ msg }) => msg === 'in detail'),
      other === 'debug',
    );
  });
}
