// `npm run check`: types, lint, format, import rules, unused code. Each part says how many files it looked at and fails when that is not all.
import { execFileSync, spawnSync } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { getFileInfo } from 'prettier';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: '.' } },
});
const root = resolve(values.root);

interface Finding {
  /** Files looked at; null: the tool does not say. */
  readonly looked: number | null;
  /** What the tool says when something is wrong; null: nothing is. */
  readonly problem: string | null;
}

const parts: Readonly<Record<string, () => Finding | Promise<Finding>>> = {
  types: () => {
    const { code, output } = tool('tsc', ['--noEmit', '--listFiles']);
    const ours = output.split('\n').filter((line) => line.startsWith(`${root}/`) && !line.includes('/node_modules/'));
    return {
      looked: ours.length,
      problem:
        code === 0
          ? null
          : output
              .split('\n')
              .filter((line) => line.includes('error TS') || /^\s/.test(line))
              .join('\n'),
    };
  },
  lint: () => {
    const { code, output } = tool('eslint', ['--format', 'json', '.']);
    if (!output.startsWith('[')) return { looked: 0, problem: output };
    const files = JSON.parse(output) as {
      filePath: string;
      messages: { line: number; message: string; ruleId: string | null }[];
    }[];
    const found = files.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line, message, ruleId }) => `${relative(root, filePath)}:${line} ${message} (${ruleId ?? 'parser'})`,
      ),
    );
    return {
      looked: files.filter(({ filePath }) => filePath.endsWith('.ts')).length,
      problem: code === 0 ? null : found.join('\n'),
    };
  },
  format: async () => {
    const { code, output } = tool('prettier', ['--check', '--log-level', 'warn', '.']);
    const ignorePath = join(root, '.prettierignore');
    const infos = await Promise.all(sources().map((file) => getFileInfo(join(root, file), { ignorePath })));
    return { looked: infos.filter(({ ignored }) => !ignored).length, problem: code === 0 ? null : output };
  },
  imports: () => {
    const { output } = tool('depcruise', [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      ...folders(),
    ]);
    if (!output.startsWith('{')) return { looked: 0, problem: output };
    const { modules, summary } = JSON.parse(output) as {
      modules: { source: string }[];
      summary: { violations: { from: string; to: string; rule: { name: string } }[] };
    };
    const found = summary.violations.map(({ from, to, rule }) => `${from} → ${to} (${rule.name})`);
    const ours = modules.filter(({ source }) => /^(src|test|bench|scripts|grafana)\/.*\.ts$/.test(source));
    return { looked: ours.length, problem: found.length === 0 ? null : found.join('\n') };
  },
  unused: () => {
    const { code, output } = tool('knip', ['--no-progress']);
    return { looked: null, problem: code === 0 ? null : output };
  },
};

const wanted = sources().length;
let good = true;
for (const [name, part] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { looked, problem } = await part();
  const count = looked === null || looked === wanted ? null : `looked at ${looked} files, there are ${wanted}`;
  const verdict = [problem, count].filter((each) => each !== null).join('\n');
  process.stdout.write(
    `${name.padEnd(8)} ${String(looked ?? '').padStart(4)} files  ${verdict === '' ? 'good' : `NOT good\n${verdict}`}\n`,
  );
  good &&= verdict === '';
}
if (!good) process.exitCode = 1;

/** Every TypeScript file that is, or is about to be, in the repository. */
function sources(): readonly string[] {
  const output = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(output.split('\n').filter((file) => file !== ''))];
}

function folders(): readonly string[] {
  return ['src', 'test', 'bench', 'scripts', 'grafana'].filter((folder) =>
    sources().some((file) => file.startsWith(`${folder}/`)),
  );
}

function tool(name: string, args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return { code: status, output: stdout.trim() === '' ? stderr : stdout };
}
