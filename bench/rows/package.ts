// What the .deb weighs: to download, and installed. It needs what `npm run package` needs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../row.ts';

export const size: Measurement = {
  rows: [
    { name: 'deb', what: 'the .deb, with its own Node', goal: { is: 'at most', value: 23, unit: ' MB' } },
    { name: 'installed', what: 'the same, installed', goal: { is: 'at most', value: 115, unit: ' MB' } },
  ],
  measure: () => {
    const out = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-bench-'));
    const run = (command: string, args: readonly string[]) => execFileSync(command, args, { encoding: 'utf8' });
    const files = run(process.execPath, ['scripts/package/main.ts', '--out', out]).trim().split('\n');
    const deb = files.find((file) => file.endsWith('.deb')) ?? '';
    const installed = Number(run('dpkg-deb', ['--field', deb, 'Installed-Size'])) * 1024;
    const packed = statSync(deb).size;
    rmSync(out, { recursive: true });
    const measured = (bytes: number) => ({ kind: 'measured' as const, values: [bytes / 1e6], note: `${bytes} bytes` });
    return Promise.resolve([measured(packed), measured(installed)]);
  },
};
