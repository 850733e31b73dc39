// `account add` on a terminal: it asks, shows what is typed but no secret, and can be interrupted.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type Asked, askLogin } from '../../../src/cli/account/ask.ts';
import { keptProcess } from '../../support/cli.ts';
import { eventually } from '../../support/eventually.ts';

const USUAL = 'https://nomad-lab.eu/prod/v1/api/v1';
const NOTHING = { url: null, username: null, piped: null };

/** Types each answer when its question is there. */
async function talk(answers: readonly (readonly [question: string, typed: string])[], wanted = NOTHING) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const { process, stderr } = keptProcess({}, 80, stdin);
  const asked = askLogin(wanted, USUAL, { io: process, stdin, stopping: process.stopping });
  for (const [question, typed] of answers) {
    await eventually(`the question ${question}`, () => stderr().includes(question) || undefined);
    stdin.write(typed);
  }
  return { asked: await asked, shown: stderr() };
}

const CASES: readonly { readonly answers: Parameters<typeof talk>[0]; readonly asked: Asked }[] = [
  {
    answers: [
      ["NOMAD's address [https://nomad-lab.eu/prod/v1/api/v1]: ", '\r'],
      ['User name', 'ada\r'],
      ['Password (not shown): ', ' hush hush\r'],
    ],
    asked: { url: USUAL, credentials: { username: 'ada', password: ' hush hush' } },
  },
  {
    answers: [
      ["NOMAD's address", 'https://oasis.example/nomad-oasis/gui/\r'],
      ['User name', '\r'],
      ['Token (not shown): ', 'nomad_pat_hush\r'],
    ],
    asked: { url: 'https://oasis.example/nomad-oasis/api/v1', credentials: { token: 'nomad_pat_hush' } },
  },
  {
    answers: [["NOMAD's address", 'nowhere\r']],
    asked: { problem: `NOMAD's address: "nowhere" is not a valid web address; write for example ${USUAL}` },
  },
  {
    answers: [
      ["NOMAD's address", '\r'],
      ['User name', 'ada\r'],
      ['Password', '\r'],
    ],
    asked: { problem: 'account add: there is no password; nothing was added' },
  },
  { answers: [["NOMAD's address", '\x03']], asked: 'interrupted' },
  {
    answers: [
      ["NOMAD's address", '\r'],
      ['User name', 'ada\r'],
      ['Password', 'hush\x03'],
    ],
    asked: 'interrupted',
  },
  { answers: [["NOMAD's address", '\x04']], asked: 'interrupted' },
];

test('it asks, and shows no secret', async () => {
  for (const { answers, asked: expected } of CASES) {
    const { asked, shown } = await talk(answers);
    assert.deepEqual(asked, expected);
    assert.ok(!shown.includes('hush'), shown);
  }
});

test('what the command line says is not asked for', async () => {
  const { asked, shown } = await talk([['Password', 'x\r']], { ...NOTHING, url: USUAL, username: 'ada' } as never);
  assert.deepEqual(asked, { url: USUAL, credentials: { username: 'ada', password: 'x' } });
  assert.ok(!shown.includes('User name'));
});
