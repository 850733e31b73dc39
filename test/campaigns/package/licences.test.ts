import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyright } from '../../../scripts/package/copyright.ts';
import { chosen, licencesOf, notices } from '../../../scripts/package/licences.ts';
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

test('every package that cannot be shipped is named at once', (context) => {
  const root = tempDir(context);
  const manifests = {
    good: { name: 'good', version: '1.0.0', license: 'MIT' },
    copyleft: { name: 'copyleft', version: '1.0.0', license: 'AGPL-3.0-only' },
    textless: { name: 'textless', version: '1.0.0', license: 'ISC' },
  };
  for (const [name, manifest] of Object.entries(manifests)) put(root, name, 'package.json', JSON.stringify(manifest));
  for (const name of ['good', 'copyleft']) put(root, name, 'LICENSE', 'Copyright 2026 Ada');

  assert.throws(() => licencesOf(root, Object.keys(manifests)), {
    message:
      'copyleft@1.0.0: its licence is AGPL-3.0-only, which nobody looked at yet\ntextless@1.0.0: it has no file with its licence',
  });
});

test('a package that says MIT without its words is given them', (context) => {
  const root = tempDir(context);
  put(root, 'a', 'package.json', '{"name":"a","version":"1.0.0","license":"MIT"}');
  const [found] = licencesOf(root, ['a']);
  assert.match(found?.text ?? '', /^Copyright \(c\) the authors of a\n\nPermission is hereby granted/);
});

test('what goes along with the bundle: the list, then each licence and notice verbatim; copyright names the holders', (context) => {
  const root = tempDir(context);
  put(root, 'a', 'package.json', '{"name":"a","version":"1.0.0","license":"MIT"}');
  put(root, 'a', 'LICENSE', 'Copyright (c) Ada\n\nThe above copyright notice shall be included.\n');
  put(root, 'b', 'package.json', '{"name":"b","version":"2.0.0","license":"Apache-2.0"}');
  put(root, 'b', 'LICENSE', 'Apache License');
  put(root, 'b', 'NOTICE', 'b by Grace');
  const libraries = licencesOf(root, ['a', 'b']);
  const text = notices(libraries);
  for (const part of [
    'a 1.0.0: MIT\nb 2.0.0: Apache-2.0\n',
    'Copyright (c) Ada\n\nThe above',
    'Apache License\n\nb by Grace',
  ])
    assert.ok(text.includes(part), `${part}\n\n${text}`);
  const node = {
    name: 'node',
    version: '24.0.0',
    path: 'bin/node',
    licence: 'Node.js',
    text: 'Copyright Node.js contributors.',
  };
  const written = copyright('Format: x\n', libraries, node);
  assert.match(
    written,
    /^Copyright: 2026 The nomad-upload-monitor authors\n {11}Ada \(a\)\n {11}its authors \(b\)\nLicense: Apache-2\.0 and MIT$/m,
  );
  assert.match(written, /^License: MIT\n The above copyright notice/m);
  assert.match(written, /^Files: usr\/lib\/nomad-upload-monitor\/bin\/node\nCopyright: Node.js contributors/m);
});

function put(root: string, name: string, file: string, content: string): void {
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, name, file), content);
}
