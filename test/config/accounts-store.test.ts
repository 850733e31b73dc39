// A new account is written to two files: both are there, or none. Nobody but their owner can read them.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { NewAccount } from '../../src/config/accounts-edit.ts';
import { openAccountStore, secretPath } from '../../src/config/accounts-store.ts';
import { tempDir } from '../support/temp.ts';

const ADA: NewAccount = {
  name: 'ada',
  nomadUrl: null,
  username: null,
  secret: { key: 'token_file', path: secretPath('ada', 'token'), comment: null },
};
const OTHER = 'accounts:\n  - name: grace\n    token: x\n';

function add(file: string): void {
  const store = openAccountStore(file);
  try {
    store.add(ADA, 'nomad_pat_x');
  } finally {
    store.close();
  }
}

function folder(
  context: TestContext,
  text: string | null,
  mode = 0o600,
): { readonly dir: string; readonly file: string } {
  const dir = tempDir(context);
  const file = join(dir, 'accounts.yaml');
  if (text !== null) writeFileSync(file, text, { mode });
  return { dir, file };
}

const modeOf = (path: string) => `0${(statSync(path).mode & 0o777).toString(8)}`;

test('a file that is made here is for its owner alone, as is the secret and its folder', (context) => {
  const { dir, file } = folder(context, null);
  add(file);
  assert.equal(readFileSync(join(dir, 'secrets/ada.token'), 'utf8'), 'nomad_pat_x\n');
  assert.deepEqual([file, join(dir, 'secrets'), join(dir, 'secrets/ada.token')].map(modeOf), ['0600', '0700', '0600']);
  assert.deepEqual(readdirSync(dir), ['accounts.yaml', 'secrets']);
});

test('a file that is there keeps its rights, and stays where a link points', (context) => {
  const { dir, file } = folder(context, OTHER, 0o640);
  const link = join(dir, 'link.yaml');
  symlinkSync(file, link);
  add(link);
  assert.equal(modeOf(file), '0640');
  assert.match(readFileSync(file, 'utf8'), /name: grace[^]*name: ada/);
  assert.ok(existsSync(join(dir, 'secrets/ada.token')));
  assert.equal(readFileSync(link, 'utf8'), readFileSync(file, 'utf8'));
});

test('what is in the way leaves everything as it was', (context) => {
  const inTheWay: Readonly<Record<string, (dir: string) => void>> = {
    'the secret is there already': (dir) => {
      mkdirSync(join(dir, 'secrets'));
      writeFileSync(join(dir, 'secrets/ada.token'), 'old');
    },
    'the folder of secrets is a file': (dir) => {
      writeFileSync(join(dir, 'secrets'), '');
    },
    'another attempt is at work': (dir) => {
      writeFileSync(join(dir, 'accounts.yaml.new'), '');
    },
    'the file is no accounts file any more': (dir) => {
      writeFileSync(join(dir, 'accounts.yaml'), 'accounts: [');
    },
  };
  for (const [what, prepare] of Object.entries(inTheWay)) {
    const { dir, file } = folder(context, OTHER);
    prepare(dir);
    const before = contents(dir);
    assert.throws(() => {
      add(file);
    }, what);
    const left = contents(dir).filter(
      ([name]) => name !== 'secrets' || what !== 'the file is no accounts file any more',
    );
    assert.deepEqual(left, before, what);
  }
});

function contents(dir: string): readonly (readonly [string, string])[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => [name, statSync(join(dir, name)).isDirectory() ? '' : readFileSync(join(dir, name), 'utf8')]);
}

test('two at once: the second is told what is in the way', (context) => {
  const { file } = folder(context, OTHER);
  const first = openAccountStore(file);
  assert.throws(() => openAccountStore(file), /accounts\.yaml\.new is there already, .*; remove it, and try again$/);
  first.close();
  openAccountStore(file).close();
});
