// Every link to something of this repository leads there: files, folders, pictures and headings.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const documents = globSync('**/*.md', { exclude: ['**/node_modules/**', '.stryker/**', 'build/**', 'dist/**'] });

/** Without what is code, where brackets mean something else. */
function prose(markdown: string): string {
  return markdown.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '').replace(/`[^`\n]*`/g, '');
}

/** As GitHub makes them: letters, digits, - and _, spaces as -; a second heading of the same name gets -1. */
function anchors(markdown: string): ReadonlySet<string> {
  const text = markdown.replace(/^( *)(```|~~~)[^]*?^\1\2/gm, '');
  const slugs = [...text.matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
  return new Set(
    slugs.map((slug, index) => {
      const before = slugs.slice(0, index).filter((each) => each === slug).length;
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

function brokenLinks(path: string): readonly string[] {
  const links = [...prose(readFileSync(path, 'utf8')).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  return links
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), decodeURIComponent(file));
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).has(anchor);
    });
}

for (const path of documents) {
  test(`links of ${path}`, () => {
    assert.deepEqual(brokenLinks(path), []);
  });
}

test('documents that the program, the units and .env.example name are there', () => {
  const files = ['.env.example', ...globSync('{src,systemd,scripts,packaging}/**/*.*')];
  const named = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([name]) => `${file}: ${name}`),
  );
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((each) => !existsSync(each.split(': ')[1] ?? '')),
    [],
  );
});

test('the documents are found, and a broken link would be', () => {
  assert.ok(documents.includes('README.md') && documents.includes(join('docs', 'glossary.md')));
  assert.deepEqual([...anchors('# One `two`: three\n## A\n### A\n```\n# no\n```')], ['one-two-three', 'a', 'a-1']);
});
