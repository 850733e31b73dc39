// The completions, asked in the shells themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const NAME = 'nomad-upload-monitor';

/** What is typed; what must be offered, and what must not. */
const CASES: readonly { readonly typed: readonly string[]; readonly offered: string; readonly not: string }[] = [
  { typed: ['che'], offered: 'check', not: 'doctor' },
  { typed: ['outbox', 're'], offered: 'retry', not: 'check' },
  { typed: ['check', '--na'], offered: '--nagios', not: '--json' },
  { typed: ['events', '--kind', 'upload.fa'], offered: 'upload.failed', not: 'upload.created' },
];

export function completionsWork(root: string): void {
  const share = join(root, 'usr/share');
  for (const { typed, offered, not } of CASES) {
    for (const [shell, words] of [
      ['bash', inBash(join(share, 'bash-completion/completions', NAME), typed)],
      ['fish', inFish(join(share, 'fish/vendor_completions.d', `${NAME}.fish`), typed)],
      ['zsh', inZsh(join(share, 'zsh/vendor-completions'), typed)],
    ] as const) {
      const asked = `${shell}, ${typed.join(' ')}: ${words.join(' ')}`;
      assert.ok(words.includes(offered), asked);
      assert.ok(!words.includes(not), asked);
    }
  }
}

function inBash(file: string, typed: readonly string[]): readonly string[] {
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nomad_upload_monitor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return words(execFileSync('bash', ['-c', script, 'bash', file, NAME, ...typed], { encoding: 'utf8' }));
}

function inFish(file: string, typed: readonly string[]): readonly string[] {
  const script = `source ${file}; complete -C '${NAME} ${typed.join(' ')}'`;
  const output = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
  return output.split('\n').map((line) => line.split('\t')[0] ?? '');
}

/** zsh completes only at a terminal: it gets one of its own, there the Tab is pressed, and the program says what it was given. */
function inZsh(folder: string, typed: readonly string[]): readonly string[] {
  const script = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D; ${NAME}() { print -r -- \\"<\\$*>\\" }; print REA\\"\\"DY"
zpty -r z seen '*READY*'
zpty -w z "${NAME} \${*[2,-1]}"$'\\t'
zpty -r z seen '*<*>*'
print -r -- "\${\${seen##*<}%%>*}"`;
  return words(
    execFileSync('zsh', ['-f', '-c', script, 'zsh', folder, ...typed], { encoding: 'utf8', timeout: 60_000 }),
  );
}

function words(output: string): readonly string[] {
  return output.split(/\s+/).filter((word) => word !== '');
}
