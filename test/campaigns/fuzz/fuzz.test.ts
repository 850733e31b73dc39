// Up to 300 runs of each target of the fuzzer, so that none of them rots; and a bad implementation before each, which has to be found, and
// found again by its seed and path.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../../src/config/load.ts';
import { parseRules } from '../../../src/config/rules.ts';
import { messageOf } from '../../../src/domain/message/message.ts';
import { startHttp as startServer } from '../../../src/http/server.ts';
import * as readers from '../../../src/nomad/wire.ts';
import { startConfig } from './config.ts';
import { startHttp } from './http.ts';
import { startListing } from './listing.ts';
import { startMail } from './mail.ts';
import { startRules } from './rules.ts';
import type { Start } from './target.ts';
import { TARGETS } from './targets.ts';
import { startWire } from './wire.ts';

const SEED = Math.floor(Math.random() * 2 ** 31);

for (const [name, start] of Object.entries(TARGETS)) {
  test(`fuzz ${name}, seed ${SEED}`, async (context) => {
    const target = await start();
    context.after(target.stop);
    const { runs, finding } = await target.round({ seed: SEED, runs: 300, milliseconds: 1500 });
    assert.equal(
      finding,
      null,
      `${finding?.report ?? ''}\nnpm run fuzz -- ${name} --seed ${SEED} --path ${finding?.path ?? ''}`,
    );
    context.diagnostic(`${runs} runs`);
  });
}

const planted: Readonly<Record<keyof typeof TARGETS, readonly [fault: string, start: Start, found: RegExp]>> = {
  wire: [
    'a token as it comes',
    () => startWire({ ...readers, readAppToken: (body) => JSON.stringify(body) + '\n' }),
    /a token that no header can carry/,
  ],
  listing: [
    'a listing without its first upload',
    () =>
      startListing((nomad) => ({
        ...nomad,
        list: async (...about) => {
          const listed = await nomad.list(...about);
          return listed.ok ? { ...listed, value: { ...listed.value, uploads: listed.value.uploads.slice(1) } } : listed;
        },
      })),
    /complete, and not all of it/,
  ],
  rules: [
    'problems without a place',
    () =>
      startRules((...about) => {
        const parsed = parseRules(...about);
        return 'rules' in parsed
          ? parsed
          : { problems: parsed.problems.map((problem) => problem.replace(/:\d+:\d+/, '')) };
      }),
    /no line and column/,
  ],
  config: [
    'values as they are',
    () => startConfig({ load, configText: ({ values }) => ({ out: JSON.stringify(values), complaints: [] }) }),
    /a secret is shown/,
  ],
  http: [
    'no token asked for',
    () => startHttp((options) => startServer({ ...options, access: { token: null, basic: null } })),
    /served without the token/,
  ],
  mail: [
    'a subject with a mark of direction',
    () =>
      startMail((content) => {
        const message = messageOf(content);
        return { ...message, subject: `${message.subject.slice(0, 100)}\u202e` };
      }),
    /expected to not match/,
  ],
};
for (const [name, [fault, start, found]] of Object.entries(planted)) {
  test(`fuzz ${name} finds ${fault}, seed ${SEED}`, async (context) => {
    const target = await start();
    context.after(target.stop);
    const { finding } = await target.round({ seed: SEED, runs: 2000, milliseconds: 30_000, unshrunk: true });
    assert.match(finding?.report ?? 'nothing found', found);
    const path = finding?.path ?? '';
    const again = await target.round({ seed: SEED, path, runs: 1, milliseconds: 30_000, unshrunk: true });
    assert.match(again.finding?.report ?? 'not found again', found);
  });
}
