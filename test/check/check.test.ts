// The checks can fail: each rule finds its violation in a small tree that has one of each, and in a clean one finds nothing.
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

interface Violation {
  readonly what: string;
  /** The part of the check that has to find it. */
  readonly part: string;
  readonly planted: Readonly<Record<string, string>>;
  readonly found: RegExp;
}

const VIOLATIONS: readonly Violation[] = [
  {
    what: 'rule 1: domain imports a part of Node',
    part: 'imports',
    planted: { 'src/domain/hash.ts': "import { createHash } from 'node:crypto';\n\nexport const hash = createHash;\n" },
    found: /^src\/domain\/hash\.ts → .* \(domain-imports-only-domain\)$/m,
  },
  {
    what: 'rule 1: domain waits',
    part: 'lint',
    planted: {
      'src/domain/wait.ts': 'export const wait = async (value: Promise<number>): Promise<number> => await value;\n',
    },
    found: /^src\/domain\/wait\.ts:1 Domain code is synchronous/m,
  },
  {
    what: 'rule 1: domain reads the clock',
    part: 'lint',
    planted: { 'src/domain/clock.ts': 'export const clock = (): number => Date.now();\n' },
    found: /^src\/domain\/clock\.ts:1 Time is an argument/m,
  },
  {
    what: 'rule 2: nomad knows the store',
    part: 'imports',
    planted: {
      'src/nomad/neighbour.ts': "import { stored } from '../store/store.ts';\n\nexport const neighbour = stored;\n",
      'src/store/store.ts': 'export const stored = 1;\n',
    },
    found: /^src\/nomad\/neighbour\.ts → src\/store\/store\.ts \(nomad-knows-no-neighbour\)$/m,
  },
  {
    what: 'rule 3: croner outside its file',
    part: 'imports',
    planted: { 'src/jobs/cron.ts': "import { Cron } from 'croner';\n\nexport const cron = Cron;\n" },
    found: /^src\/jobs\/cron\.ts → .* \(only-its-file-imports-croner\)$/m,
  },
  {
    what: 'rule 3: SQLite outside its store',
    part: 'imports',
    planted: {
      'src/jobs/sqlite.ts': "import { DatabaseSync } from 'node:sqlite';\n\nexport const sqlite = DatabaseSync;\n",
    },
    found: /^src\/jobs\/sqlite\.ts → .* \(only-the-store-imports-sqlite\)$/m,
  },
  {
    what: 'rule 4: a job names an implementation',
    part: 'imports',
    planted: {
      'src/jobs/named.ts': "import { stored } from '../store/sqlite/store.ts';\n\nexport const named = stored;\n",
    },
    found: /^src\/jobs\/named\.ts → src\/store\/sqlite\/store\.ts \(only-app-names-implementations\)$/m,
  },
  {
    what: 'rule 4: the environment read outside main',
    part: 'lint',
    planted: { 'src/jobs/home.ts': "export const home = process.env['HOME'];\n" },
    found: /^src\/jobs\/home\.ts:1 .*Only src\/main\.ts touches the environment/m,
  },
  {
    what: 'rule 4: an exit outside main',
    part: 'lint',
    planted: { 'src/jobs/exit.ts': 'export const exit = (): never => process.exit(1);\n' },
    found: /^src\/jobs\/exit\.ts:1 .*Only src\/main\.ts touches/m,
  },
  {
    what: 'layers: store imports a job',
    part: 'imports',
    planted: {
      'src/store/above.ts': "import { job } from '../jobs/job.ts';\n\nexport const above = job;\n",
      'src/jobs/job.ts': 'export const job = 1;\n',
    },
    found: /^src\/store\/above\.ts → src\/jobs\/job\.ts \(layer-1-imports-upward\)$/m,
  },
  {
    what: 'a type error',
    part: 'types',
    planted: { 'src/domain/type.ts': "export const type: number = 'two';\n" },
    found: /^src\/domain\/type\.ts.* error TS2322/m,
  },
  {
    what: 'a wrong format',
    part: 'format',
    planted: { 'src/domain/format.ts': 'export const format="two"\n' },
    found: /src\/domain\/format\.ts$/m,
  },
  {
    what: 'an unused file',
    part: 'unused',
    planted: { 'src/domain/unused.ts': 'export const unused = 2;\n' },
    found: /^src\/domain\/unused\.ts/m,
  },
];

test('a clean tree is good', (context) => {
  const { status, stdout } = check(tree(context, {}), 'types', 'lint', 'format', 'imports');
  assert.equal(status, 0, stdout);
});

test('each violation turns its part red, and is all that it finds', async (context) => {
  const all = Object.fromEntries(VIOLATIONS.flatMap(({ planted }) => Object.entries(planted)));
  const { status, stdout } = check(tree(context, all));
  assert.equal(status, 1);
  const parts = new Map(
    stdout.split(/^(?=\w+ +\d* files {2})/m).map((text) => [/^\w*/.exec(text)?.[0] ?? '', text] as const),
  );
  for (const { what, part, found } of VIOLATIONS)
    await context.test(what, () => {
      const text = parts.get(part) ?? '';
      assert.match(text, /^\w+ +\d* files {2}NOT good$/m, stdout);
      assert.match(text, found);
    });
  for (const clean of Object.keys(CLEAN)) assert.ok(!stdout.includes(`\n${clean}`), stdout);
});

test('turns red: a file that nobody looks at', (context) => {
  const nobody = {
    // What is included is good, and needs nothing of Node or of browsers: that alone would be most of the work.
    'tsconfig.json': JSON.stringify({ compilerOptions: { lib: ['esnext'], types: [] }, include: ['src/domain'] }),
  };
  const { status, stdout } = check(tree(context, nobody), 'types');
  assert.match(stdout, /^types +1 files {2}NOT good\nlooked at 1 files, there are 5$/m);
  assert.equal(status, 1);
});
