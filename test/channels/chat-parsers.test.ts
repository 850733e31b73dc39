// Hostile text in chat, read by Mattermost's and Rocket.Chat's own parsers: they see the same message as with a harmless text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeMarkup } from '../../src/channels/templates/chat-text.ts';
import { chatMessage } from '../../src/channels/templates/chat.ts';
import { oneLine } from '../../src/domain/text/one-line.ts';
import { anyCharacter } from '../support/characters.ts';
import { event, messageAbout, reader } from '../support/builders.ts';
import { mattermost, rocketChat } from '../support/chat-parsers.ts';
import { hostileText } from '../support/hostile-text.ts';
import { runs } from '../support/runs.ts';

const READERS = Object.entries({ mattermost, rocketChat });

/** A text wherever a message has one: headline, title with a link, without one, a line of a quote, the line after it. */
const placed = (text: string) => `**${text}**
\u{1f534} <https://n.example/u|${text}> ${text}
> ${text}
> ${text}

${text}
\u{1f534} **${text}**: ${text}
${text}
1 more`;

const harmless = READERS.map(([, shape]) => shape(placed('x')));

function isText(text: string): void {
  for (const [index, [chat, shape]] of READERS.entries())
    assert.deepEqual(shape(placed(escapeMarkup(text))), harmless[index], `${chat}: ${text} as ${escapeMarkup(text)}`);
}

const LINKS = [
  'http:/evil.example/x',
  'https:evil.example',
  'mailto:ada@lab.example',
  'ftp://evil.example',
  'tel:+4930123456',
  'xmpp:ada',
  'Error:foo',
  'http://localhost/x',
  'localhost',
  'LOCALHOST:3000',
  'http://[::1]/',
  'www.evil.example',
  'www1.evil',
  'www.1',
  'evil.example',
  'evil.example/x?y=1#z',
  'data.py',
  'raw/vasprun.xml',
  'foo.py/',
  'a..py/',
  'x.xn--p1ai',
  'evil\u3002com',
  '192.168.0.1',
  '1.2.3.4:80/x',
  'ada@lab.example',
  '+4930123456',
  '+1 (555) 123-4567',
  '[x](http://evil.example)',
  '![x](http://evil.example/x.png)',
  '<http://evil.example|x>',
  '<https://evil.example>',
  '[x]: http://evil.example',
  '[x][y]',
  'C:\\',
  '\\',
  'x\\](http://evil.example)',
];
const FORMATS = [
  '*x*',
  '**x**',
  '_x_',
  '__x__',
  '_x y_ z',
  '~x~',
  '~~x~~',
  '`x`',
  '```x```',
  '```',
  '~~~',
  '||x||',
  '\\*x\\*',
  '\\_x\\_',
  '&#42;x&#42;',
  '# x',
  '###### x',
  '#',
  '> x',
  '>x',
  '- x',
  '+ x',
  '* x',
  '1. x',
  '1) x',
  '123456789. x',
  '-',
  '+',
  '1.',
  '1)',
  '- [ ] x',
  '- [x] x',
  '---',
  '- - -',
  '***',
  '___',
  '===',
  '=',
  '----------',
  '| a | b |',
  '|---|---|',
  '<b>x</b>',
  '<!-- x -->',
  '<script>',
  '&lt;b&gt;',
  '-# x',
];
const DRAWINGS = [
  '\\(x^2\\)',
  '\\[x^2\\]',
  '$x$',
  '$$x$$',
  '$\u200dx$',
  'color:#fff',
  'color:#00ff0080',
  '<t:1234567890:F>',
  '<t:2026-01-01T00:00:00Z:R>',
  ':smile:',
  '::smile::',
  ':+1:',
  ':100:',
  'a:b:c:',
  ...[
    ':)',
    ':-)',
    ';)',
    '=)',
    ':(',
    ":'(",
    ':`(',
    ':D',
    ':-D',
    '=D',
    ':P',
    ':p',
    ':b',
    ':\u00de',
    ':o',
    ':O',
    ':s',
    ':x',
    ':X',
    ':3',
    ':]',
    ':[',
  ],
  ...[
    ':/',
    ':\\',
    ':|',
    ':$',
    ':*',
    ':@',
    ':#',
    ':-.',
    ':L',
    ':^*',
    ';^)',
    ';D',
    ';(',
    '=P',
    '=L',
    '=X',
    '=#',
    '=$',
    '=/',
    '=\\',
    '=*',
    '=]',
  ],
  ...[
    '8)',
    '8-)',
    '8-D',
    'B)',
    'B-)',
    'B-D',
    'X)',
    'X-)',
    'X-P',
    'x-d',
    '%)',
    '%-)',
    '#)',
    '#-)',
    '*)',
    '*-)',
    ';-]',
    'D:',
    'O_O',
    '-_-',
    '-___-',
  ],
  ...[
    'O:)',
    'O:-3',
    '0:3',
    '0:-)',
    '0;^)',
    '>:)',
    '>:(',
    '>:[',
    '>:/',
    '>.<',
    '>:O',
    '>=)',
    "':)",
    "'=(",
    "':-D",
    '(y)',
    '(Y)',
    '\\0/',
    '\\O/',
    '*\\0/*',
    '<3',
    '</3',
  ],
  'step 8) is wrong',
  '(see 8)',
  ')',
  '-)',
];
const MENTIONS = [
  '@ada',
  '@channel',
  '@here',
  '@all',
  '@ada:lab.example',
  '#general',
  '#batch-42',
  '~town-square',
  '<!here>',
  '<@U024BE7LH>',
  '<#C1>',
  '_@ada',
  '@**ada**',
];

for (const [kind, texts] of Object.entries({ LINKS, FORMATS, DRAWINGS, MENTIONS })) {
  test(`${kind.toLowerCase()}: only text, wherever a message has some`, () => {
    for (const text of texts)
      for (const each of [text, `x ${text}`, `${text} x`, `x ${text} y`, `(${text})`]) isText(each);
  });
}

test('the same in a whole message: two lines of an error are no heading, the advice is outside the quote', () => {
  const told = (name: string, errors: readonly string[]) => {
    const upload = { id: 'u1', name, link: 'https://n.example/gui/u', author: 'ada', role: null };
    const after = { status: 'FAILURE', process: null, message: null, errors, warnings: [], entries: 0 } as const;
    const also = reader({ alsoBroken: { text: 'Also broken now: 3 failed.', link: 'https://m.example/' } });
    return chatMessage(messageAbout([event({ id: 'e', upload, after })]), also).text;
  };
  const shapes = READERS.map(([, shape]) => shape(told('x', ['Parser log', 'x'])));
  for (const text of [...LINKS, ...FORMATS, ...DRAWINGS, ...MENTIONS]) {
    const hostile = told(text, ['Parser log', text]);
    for (const [index, [, shape]] of READERS.entries()) assert.deepEqual(shape(hostile), shapes[index], hostile);
  }
  assert.deepEqual(mattermost(told('x', ['y'])), [
    'document',
    ['paragraph', ['strong', ''], ['softbreak'], '', ['link https://n.example/gui/u', ''], ''],
    ['block_quote', ['paragraph', '']],
    ['paragraph', ''],
    ['paragraph', ['link https://m.example/', '']],
  ]);
});

test('whatever the text: it is only text', () => {
  const piece = fc.constantFrom(
    ...LINKS,
    ...FORMATS,
    ...DRAWINGS,
    ...MENTIONS,
    ...Array.from('@#:;=.-+_*~`|[]()<>!$&/\\\'"^%8DXO1 \u200d\u00e9'),
  );
  const text = fc
    .oneof(
      fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
      fc.string({ unit: anyCharacter, maxLength: 40 }),
      hostileText,
    )
    .map((each) => oneLine(each, 300))
    .filter((each) => each !== '');
  fc.assert(fc.property(text, isText), { numRuns: runs(100) });
});

test('what is common in file names and errors stays as it is, to be read and copied', () => {
  for (const text of [
    'batch-42',
    'my_file_name',
    'C:\\data\\x',
    "KeyError: 'x'",
    '2026-01-01 10:30:15',
    'a = 1, b = -2',
    '50 %',
    '(50%)',
    '3.14',
    'TiO2 (rutile)',
    'LiFePO4 + C',
    '-1',
    'x-1',
    'a/b',
    '100 eV',
    'std::vector',
    'for x in (1, 2)',
  ])
    assert.equal(escapeMarkup(text), text);
});
