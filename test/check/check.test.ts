// The checks can fail: a violation of each rule, planted in a copy of a small tree, turns its part red.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { tempDir } from '../support/temp.ts';

const CONFIGURATION = [
  'package.json',
  'tsconfig.json',
  '.prettierrc',
  '.prettierignore',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  'knip.json',
  'scripts/check.ts',
];
const CLEAN: Readonly<Record<string, string>> = {
  'src/domain/one.ts': 'export const one = (text: string): number => text.length;\n',
  'src/store/sqlite/store.ts':
    "import { one } from '../../domain/one.ts';\n\nexport const stored = (text: string): number => one(text);\n",
  'src/app/app.ts':
    "import { stored } from '../store/sqlite/store.ts';\n\nexport const app = (): number => stored('');\n",
  'src/main.ts': "import { app } from './app/app.ts';\n\nprocess.exitCode = app();\n",
};

function tree(context: TestContext, planted: Readonly<Record<string, string>>): string {
  const root = tempDir(context);
  for (const file of CONFIGURATION) cpSync(file, join(root, file));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  for (const [file, text] of Object.entries({ ...CLEAN, ...planted })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  execFileSync('git', ['init', '-q'], { cwd: root });
  return root;
}

function check(root: string, ...parts: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/check.ts', '--root', root, ...parts], {
    encoding: 'utf8',
  });
  return { status, stdout };
}

const violations: readonly [string, string, Readonly<Record<string, string>>, RegExp][] = [
  [
    'rule 1: domain imports a part of Node',
    'imports',
    { 'src/domain/two.ts': "import { createHash } from 'node:crypto';\n\nexport const two = createHash;\n" },
    /domain-imports-only-domain/,
  ],
  [
    'rule 1: domain waits',
    'lint',
    { 'src/domain/two.ts': 'export const two = async (value: Promise<number>): Promise<number> => await value;\n' },
    /Domain code is synchronous/,
  ],
  [
    'rule 1: domain reads the clock',
    'lint',
    { 'src/domain/two.ts': 'export const two = (): number => Date.now();\n' },
    /Time is an argument/,
  ],
  [
    'rule 2: nomad knows the store',
    'imports',
    {
      'src/nomad/two.ts': "import { stored } from '../store/store.ts';\n\nexport const two = stored;\n",
      'src/store/store.ts': 'export const stored = 1;\n',
    },
    /nomad-knows-no-neighbour/,
  ],
  [
    'rule 3: croner outside its file',
    'imports',
    { 'src/jobs/two.ts': "import { Cron } from 'croner';\n\nexport const two = Cron;\n" },
    /only-its-file-imports-croner/,
  ],
  [
    'rule 3: SQLite outside its store',
    'imports',
    { 'src/jobs/two.ts': "import { DatabaseSync } from 'node:sqlite';\n\nexport const two = DatabaseSync;\n" },
    /only-the-store-imports-sqlite/,
  ],
  [
    'rule 4: a job names an implementation',
    'imports',
    { 'src/jobs/two.ts': "import { stored } from '../store/sqlite/store.ts';\n\nexport const two = stored;\n" },
    /only-app-names-implementations/,
  ],
  [
    'rule 4: the environment read outside config',
    'lint',
    { 'src/jobs/two.ts': "export const two = process.env['HOME'];\n" },
    /Only src\/config reads the environment/,
  ],
  [
    'rule 4: an exit outside main',
    'lint',
    { 'src/jobs/two.ts': 'export const two = (): never => process.exit(1);\n' },
    /Only src\/main\.ts touches/,
  ],
  [
    'layers: store imports a job',
    'imports',
    {
      'src/store/two.ts': "import { two } from '../jobs/two.ts';\n\nexport const three = two;\n",
      'src/jobs/two.ts': 'export const two = 1;\n',
    },
    /layer-1-imports-upward/,
  ],
  ['a type error', 'types', { 'src/domain/two.ts': "export const two: number = 'two';\n" }, /TS2322/],
  ['a wrong format', 'format', { 'src/domain/two.ts': 'export const two="two"\n' }, /two\.ts/],
  ['an unused file', 'unused', { 'src/domain/two.ts': 'export const two = 2;\n' }, /two\.ts/],
  [
    'a file that nobody looks at',
    'types',
    {
      'tsconfig.json': '{ "extends": "./tsconfig.base.json", "include": ["scripts"] }\n',
      'tsconfig.base.json': '{}\n',
    },
    /looked at \d+ files, there are \d+/,
  ],
];

test('a clean tree is good', (context) => {
  const { status, stdout } = check(tree(context, {}), 'types', 'lint', 'format', 'imports');
  assert.equal(status, 0, stdout);
});

for (const [what, part, planted, expected] of violations) {
  test(`turns red: ${what}`, (context) => {
    const { status, stdout } = check(tree(context, planted), part);
    assert.match(stdout, expected);
    assert.equal(status, 1);
  });
}
