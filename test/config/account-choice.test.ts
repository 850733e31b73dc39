// Which account a command is about: named, the only one, or a sentence that lists them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../src/config/load.ts';
import { scheduleProblem } from '../../src/scheduler.ts';
import { loadFrom } from '../support/accounts.ts';

const TWO = 'accounts:\n  - { name: ada, token: t }\n  - { name: grace, token: u, stuck_after: 5h }\n';
const ONE_WRONG = `${TWO}  - { name: lise, token: v, stuck_after: no }\n`;
const MANY = `accounts:\n${Array.from({ length: 2000 }, (_, index) => `  - { name: u${index}, token: t${index} }\n`).join('')}`;

/** `is`: the name of the account that it is about, or the problem. */
const CASES: readonly {
  readonly yaml: string;
  readonly account: string | null;
  readonly ofOne: boolean;
  readonly is: string;
}[] = [
  { yaml: TWO, account: null, ofOne: false, is: 'ada' },
  { yaml: TWO, account: null, ofOne: true, is: '--account: there are 2 accounts; name one of them: ada, grace' },
  { yaml: TWO, account: 'grace', ofOne: true, is: 'grace' },
  { yaml: TWO, account: 'grace', ofOne: false, is: 'grace' },
  { yaml: TWO, account: 'Grace', ofOne: true, is: '--account: there is no account "Grace"; did you mean grace?' },
  {
    yaml: TWO,
    account: 'somebody',
    ofOne: true,
    is: '--account: there is no account "somebody"; the accounts are ada, grace',
  },
  { yaml: 'accounts: [{ name: ada, token: t }]', account: null, ofOne: true, is: 'ada' },
  { yaml: ONE_WRONG, account: 'ada', ofOne: true, is: 'ada' },
  {
    yaml: ONE_WRONG,
    account: null,
    ofOne: true,
    is: '--account: there are 3 accounts; name one of them: ada, grace, lise',
  },
  {
    yaml: ONE_WRONG,
    account: 'lise',
    ofOne: true,
    is: 'accounts.yaml:4:42: stuck_after: "no" is not a valid duration; write for example 90s, 15m, 2h or 7d',
  },
  {
    yaml: MANY,
    account: null,
    ofOne: true,
    is: '--account: there are 2,000 accounts; name one of them: u0, u1, u2, u3, u4, u5, u6, u7, u8, u9 and 1,990 more',
  },
];

test('the account that a command is about', (context) => {
  for (const { yaml, account, ofOne, is } of CASES) {
    const { loaded, problems, folder } = loadFrom(context, { yaml, choice: { account, ofOne } });
    const found = loaded === null ? problems.join('\n').replaceAll(`${folder}/`, '') : loaded.config.account;
    assert.equal(found, is);
  }
});

test('the values of the account that was asked for, each with where it was given', (context) => {
  const { own, values, folder } = loadFrom(context, { yaml: TWO, choice: { account: 'grace', ofOne: true } });
  assert.deepEqual([own.values['STUCK_AFTER'], own.origins.get('STUCK_AFTER')], ['5h', `${folder}/accounts.yaml:3:43`]);
  assert.equal(values['STUCK_AFTER'], undefined, 'the variables are as they were');
});

test('without a file there is nothing to choose from', () => {
  const choice = { account: 'ada', ofOne: true };
  const { problems, isUnclear } = load('/dev/null', { scheduleProblem }, { HOME: '/h', NOMAD_TOKEN: 't' }, choice);
  assert.deepEqual(problems, [
    '--account: ACCOUNTS_FILE is not set, so there is one account without a name; leave it out',
  ]);
  assert.ok(isUnclear);
});

test('what is wrong with the variables is said before which account is meant', (context) => {
  const { problems, isUnclear } = loadFrom(context, {
    yaml: TWO,
    env: { HTTP_PORT: 'x' },
    choice: { account: null, ofOne: true },
  });
  assert.match(problems.join('\n'), /^HTTP_PORT: /);
  assert.ok(!isUnclear);
});
