import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chosen, licencesOf } from '../../../scripts/package/licences.ts';
import { tempDir } from '../../support/temp.ts';

for (const [said, taken] of [
  ['MIT', 'MIT'],
  ['(MIT OR CC0-1.0)', 'MIT'],
  ['(GPL-3.0-only OR Apache-2.0)', 'Apache-2.0'],
  ['GPL-3.0-only', null],
  ['(MIT AND GPL-3.0-only)', null],
  ['SEE LICENSE IN LICENSE', null],
  ['', null],
] as const)
  test(`of "${said}" is taken ${taken ?? 'none: the build ends'}`, () => {
    assert.equal(chosen(said), taken);
  });

test('every package that cannot be shipped is named at once, and those for development alone are none of them', (context) => {
  const program = tempDir(context);
  const put = (path: string, content: string) => {
    mkdirSync(join(program, path, '..'), { recursive: true });
    writeFileSync(join(program, path), content);
  };
  const manifests = {
    good: { name: 'good', version: '1.0.0', license: 'MIT' },
    copyleft: { name: 'copyleft', version: '1.0.0', license: 'AGPL-3.0-only' },
    textless: { name: 'textless', version: '1.0.0', license: 'ISC' },
    tool: { name: 'tool', version: '1.0.0', license: 'AGPL-3.0-only' },
  };
  for (const [name, manifest] of Object.entries(manifests))
    put(`node_modules/${name}/package.json`, JSON.stringify(manifest));
  for (const name of ['good', 'copyleft']) put(`node_modules/${name}/LICENSE`, 'Copyright 2026 Ada');
  const packages = Object.fromEntries(
    Object.keys(manifests).map((name) => [`node_modules/${name}`, name === 'tool' ? { dev: true } : {}]),
  );
  put('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));

  assert.throws(() => licencesOf(program), {
    message:
      'copyleft@1.0.0: its licence is AGPL-3.0-only, which nobody looked at yet\ntextless@1.0.0: it has no file with its licence',
  });
});

test('a package that says MIT without its words is given them', (context) => {
  const program = tempDir(context);
  mkdirSync(join(program, 'node_modules/a'), { recursive: true });
  writeFileSync(join(program, 'node_modules/a/package.json'), '{"name":"a","version":"1.0.0","license":"MIT"}');
  writeFileSync(join(program, 'package-lock.json'), '{"packages":{"node_modules/a":{}}}');
  const [found] = licencesOf(program);
  assert.match(found?.text ?? '', /^Copyright \(c\) the authors of a\n\nPermission is hereby granted/);
});
