// Whether HTML is our template and nothing else, as a browser's parser sees it.
import assert from 'node:assert/strict';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

const TAGS = new Set([
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'table',
  'tbody',
  'tr',
  'td',
  'h1',
  'p',
  'div',
  'span',
  'h2',
  'pre',
  'strong',
  'bdi',
  'a',
  'br',
]);
const ATTRIBUTES = new Set([
  'lang',
  'charset',
  'name',
  'content',
  'class',
  'style',
  'role',
  'width',
  'cellpadding',
  'cellspacing',
  'dir',
  'href',
]);
const CLASSES = new Set(['page', 'box bad', 'box good', 'box plain', 'item', 'quiet', 'link', 'bad', 'good', 'plain']);
/** Colours, sizes, fonts: all that our styles are made of. */
const STYLE = /^[\w:;#%.,'! -]*$/;

/** `style`: what the style sheet has to be, whatever the mail says. */
export function checkHtml(html: string, links: ReadonlySet<string>, style: string): void {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  assert.deepEqual(errors, [], 'HTML with errors');
  visit(document);

  function visit(node: DefaultTreeAdapterTypes.Node): void {
    assert.notEqual(node.nodeName, '#comment', 'a comment');
    if ('tagName' in node) {
      assert.ok(TAGS.has(node.tagName), `<${node.tagName}>`);
      for (const attribute of node.attrs) checkAttribute(attribute, links);
      const [first] = node.childNodes;
      if (node.tagName === 'style') assert.equal(first !== undefined && 'value' in first ? first.value : '', style);
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  }
}

function checkAttribute(
  { name, value }: { readonly name: string; readonly value: string },
  links: ReadonlySet<string>,
): void {
  assert.ok(ATTRIBUTES.has(name), name);
  if (name === 'href') assert.ok(/^https?:\/\//.test(value) && links.has(value), `a link to ${value}`);
  if (name === 'style') assert.match(value, STYLE);
  if (name === 'class') assert.ok(CLASSES.has(value), `class ${value}`);
}
