// The HTML of a mail, as programs see it that work on it by rules of their own: dark readers, screen readers, text browsers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailHtml } from '../../src/channels/templates/mail-html.ts';
import type { Content } from '../../src/domain/notify/delivery-content.ts';
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { messageOf } from '../../src/domain/message/message.ts';
import { T0, event, reader } from '../support/builders.ts';

const standing = {
  upload: { id: 'u', name: 'batch-42', link: 'https://n/u', author: 'ada', role: null },
  condition: 'failed',
  since: T0,
  reason: 'KeyError',
} as const;
const counts = { failed: 1, stuck: 0, entries_failed: 0, empty: 0, processing: 0 };
const failing = [{ entry_id: 'e', mainfile: 'a', parser: 'p', error: 'E', link: 'https://n/e' }];
const SUMMARY: Content = {
  ...{ kind: 'summary', from: T0 - 1, to: T0, uploads: 1, counts, standing: [standing], more: 0, events: {} },
  ...{ well: 0, unchecked: 0, authors: 1, groups: null },
};
const kinds: readonly (readonly [string, Content])[] = [
  ...EVENT_KINDS.map((kind) => {
    const details = kind === 'upload.entries_failed' ? { entries: 2, failed: 1, failing } : {};
    return [kind, { kind: 'events', events: [event({ kind, details })] }] as const;
  }),
  [
    'history',
    { kind: 'events', events: [event(), event({ id: 'e2', kind: 'upload.recovered', time: T0 + 3_600_000 })] },
  ],
  ['reminder', { kind: 'reminder', asOf: T0, uploads: [standing], more: 60 }],
  ['summary', SUMMARY],
  ['summary by author', { ...SUMMARY, groups: [{ author: 'ada', uploads: 1, counts, well: 0, names: [] }] }],
  ['test', { kind: 'test' }],
];
const READER = reader({ page: 'https://m', alsoBroken: { text: 'Also broken now: 1 stuck.', link: 'https://m/' } });
const htmlOf = (content: Content) => mailHtml(messageOf(content), READER);

/** Without tags, and without what was begun before the text. */
const textOf = (html: string) => html.replace(/^[^<]*>|<[^>]*>|<[^>]*$/g, '').trim();

interface Element {
  readonly classes: readonly string[];
  readonly style: ReadonlyMap<string, string>;
}

function elementsOf(html: string): readonly Element[] {
  return [...html.matchAll(/<[a-z][a-z0-9]*((?: [a-z-]+="[^"]*")*)>/g)].map(([, attributes = '']) => {
    const value = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const declarations = value('style')
      .replaceAll('&#39;', "'")
      .split(';')
      .filter((each) => each !== '')
      .map((each) => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)] as const);
    return { classes: value('class').split(' ').filter(Boolean), style: new Map(declarations) };
  });
}

/** WCAG's: 0 black to 1 white. */
function lightness(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

const darkRules = new Map(
  [...htmlOf({ kind: 'test' }).matchAll(/\.([a-z]+)\{([^}]*)\}/g)].map(([, name = '', body = '']) => [name, body]),
);

for (const [kind, content] of kinds) {
  // Thunderbird 153's dark reader takes a dark inline colour away only where no inline background is: `transparent` is one to it, which
  // it takes for black, so that the colour stays, near black on near black.
  test(`${kind}: a dark reader can take each dark colour away: none stands beside a transparent background`, () => {
    for (const { style } of elementsOf(htmlOf(content))) {
      const background = style.get('background') ?? style.get('background-color') ?? '';
      assert.ok(!background.startsWith('transparent'), [...style].join(' '));
    }
  });

  test(`${kind}: whatever has a dark colour or a light background of its own has a light or a dark one in the dark style sheet`, () => {
    for (const { classes, style } of elementsOf(htmlOf(content))) {
      const dark = classes.map((name) => darkRules.get(name) ?? '').join(';');
      const [colour, background] = [style.get('color'), style.get('background')];
      if (colour?.startsWith('#') === true) {
        const instead = /(?:^|[;{])color:(#[0-9a-f]{6})!important/.exec(dark)?.[1];
        assert.ok(instead !== undefined && lightness(instead) > 0.3, `${colour}: ${classes.join(' ')} ${dark}`);
      }
      if (background?.startsWith('#') === true) {
        const instead = /background:(#[0-9a-f]{6})!important/.exec(dark)?.[1];
        assert.ok(instead !== undefined && lightness(instead) < 0.2, `${background}: ${classes.join(' ')} ${dark}`);
      }
    }
  });

  test(`${kind}: one heading of the first level, all of it within the main part`, () => {
    const html = htmlOf(content);
    assert.equal(html.match(/<h1[ >]/g)?.length, 1);
    assert.equal(html.match(/ role="main"/g)?.length, 1);
    const [before = '', main = ''] = html.slice(html.indexOf('<body')).split(' role="main"');
    assert.equal(textOf(before), '');
    assert.match(textOf(main), /^\S.*\n[^]*The page of the monitor$/);
    assert.equal(
      main
        .split('</td>')
        .at(-1)
        ?.replace(/<[^>]*>|\s/g, ''),
      '',
    );
  });
}

test('the first line is ours and runs from left to right, though a name in it may begin it and be Arabic', () => {
  const events = ['مشروع', 'b'].map((name) => event({ id: name, upload: { ...standing.upload, id: name, name } }));
  assert.match(htmlOf({ kind: 'events', events }), /<h1 dir="ltr"/);
});

test('to a text browser, which knows no margins, an empty line lies between two items', () => {
  const events = [event(), event({ id: 'e2', upload: { ...standing.upload, id: 'v' } })];
  const [, ...items] = htmlOf({ kind: 'events', events }).split('<td class="box');
  assert.equal(items.length, 2);
  for (const item of items) assert.match(item, /<\/table>\n<p style="margin:0"><\/p>\n/);
});
