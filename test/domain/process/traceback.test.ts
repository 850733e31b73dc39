// Of NOMAD's error texts people read the reason only: no traceback, no path of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutServerPaths, withoutTraceback } from '../../../src/domain/process/traceback.ts';

const TRACEBACK = 'Traceback (most recent call last):';
const frames = `${TRACEBACK}
  File "/app/nomad/processing/data.py", line 1402, in extract
    with zipfile.ZipFile(path) as archive:
         ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/zipfile/__init__.py", line 1354, in __init__
    self._RealGetContents()
`;
/** As a pool of processes tells it: NOMAD 1.4 and 2.0. */
const remote = (inner: string) => `_RemoteTraceback: \n"""\n${inner}\n"""`;

const rows: readonly (readonly [string, string, string])[] = [
  ['no traceback', 'ValueError: Bad archive.', 'ValueError: Bad archive.'],
  ['nothing', '', ''],
  ['lines without a traceback stay lines', 'a\nb', 'a\nb'],
  ['a plain traceback', `${frames}ValueError: Bad archive.`, 'ValueError: Bad archive.'],
  ['a remote one', remote(`${frames}ValueError: Bad archive.`), 'ValueError: Bad archive.'],
  [
    'a remote one, its end on the last line',
    `_RemoteTraceback: \n"""\n${frames}ValueError: Bad archive."""`,
    'ValueError: Bad archive.',
  ],
  [
    'a class with its module',
    remote(`${frames}concurrent.futures.process._RemoteTraceback: x`),
    'concurrent.futures.process._RemoteTraceback: x',
  ],
  [
    'one exception that caused another: the last one',
    `${frames}KeyError: 'a'\n\nThe above exception was the direct cause of the following exception:\n\n${frames}ParserError: no table`,
    'ParserError: no table',
  ],
  [
    'one while another was handled',
    `${frames}KeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\n${frames}ValueError: b`,
    'ValueError: b',
  ],
  [
    'a message of several lines',
    `${frames}ValidationError: 2 errors\nx: missing\ny: missing`,
    'ValidationError: 2 errors x: missing y: missing',
  ],
  ['an exception without a message', `${frames}KeyboardInterrupt`, 'KeyboardInterrupt'],
  ['what stood before it', `could not parse: ${frames}KeyError: 'atomtypes'`, "could not parse: KeyError: 'atomtypes'"],
  ['one cut off before its exception', frames, 'NOMAD gives only a traceback'],
  ['one cut off within a frame', frames.slice(0, 60), 'NOMAD gives only a traceback'],
  ['one of which only its head is left', TRACEBACK, 'NOMAD gives only a traceback'],
  ['one that hides a path in its message', `${frames}OSError: /app/.volumes/fs/staging/x/a.zip`, 'OSError: …/a.zip'],
];
for (const [what, text, expected] of rows) {
  test(`the reason in a text with ${what}`, () => {
    assert.equal(withoutTraceback(text), expected);
  });
}

const paths: readonly (readonly [string, string])[] = [
  ['no such file: /app/.volumes/fs/staging/ab/cd/raw/a.zip', 'no such file: …/a.zip'],
  ["[Errno 2] No such file: '/app/.volumes/fs/tmp/x/vasprun.xml'", "[Errno 2] No such file: '…/vasprun.xml'"],
  ['.volumes/fs/tmp/x/a.zip does not exist', '…/a.zip does not exist'],
  ['./.volumes/fs/tmp/x/a.zip does not exist', '…/a.zip does not exist'],
  ['"/data/a b/c.xml"', '"…/a b/c.xml"'],
  ['from /a/b/c to (/d/e/f)', 'from …/c to (…/f)'],
  ['see https://nomad-lab.eu/prod/v1/docs/x.html', 'see https://nomad-lab.eu/prod/v1/docs/x.html'],
  ['raw/vasprun.xml, run-1/OUTCAR', 'raw/vasprun.xml, run-1/OUTCAR'],
  ['../upload/raw/a.xml', '../upload/raw/a.xml'],
  ['either/or, 3/4, a / b', 'either/or, 3/4, a / b'],
  ['/single', '/single'],
  ['/etc/', '/etc/'],
  ['…/a.zip', '…/a.zip'],
];
for (const [text, expected] of paths) {
  test(`paths of the server in ${JSON.stringify(text)}`, () => {
    assert.equal(withoutServerPaths(text), expected);
    assert.equal(withoutServerPaths(expected), expected, 'again');
  });
}

test('whatever the text: there is no traceback in what is left, and nothing more happens a second time', () => {
  const piece = fc.constantFrom(
    TRACEBACK,
    '  File "/a/b.py", line 3, in f',
    '    x = 1',
    '"""',
    'E: m',
    '',
    '_RemoteTraceback: ',
    '/a/b/c',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (lines) => {
      const left = withoutTraceback(lines.join('\n'));
      assert.ok(!left.includes(TRACEBACK), left);
      assert.equal(withoutTraceback(left), left);
    }),
  );
});

const MEGA = 2_000_000;
const hostile: readonly (readonly [string, string])[] = [
  ['one long path', '/a'.repeat(MEGA / 2)],
  ['slashes', '/'.repeat(MEGA)],
  ['words and slashes', 'a/'.repeat(MEGA / 2)],
  ['many paths', '/a/b '.repeat(MEGA / 5)],
  ['a long name in a path', `/${'a'.repeat(MEGA)}/b`],
  ['volumes', '.volumes/'.repeat(MEGA / 9)],
  ['spaces', ' '.repeat(MEGA)],
  ['lines', '\n'.repeat(MEGA)],
  ['quotes', '"""'.repeat(MEGA / 3)],
  ['tracebacks', `${TRACEBACK}\n`.repeat(MEGA / 35)],
  ['frames', `${TRACEBACK}\n${'  File "x", line 3, in f\n'.repeat(MEGA / 25)}`],
  ['a frame without an end', `${TRACEBACK}\n  File "${'"'.repeat(MEGA)}`],
  ['a frame of names and lines', `${TRACEBACK}\n  File "${'", line '.repeat(MEGA / 8)}`],
  ['what stands before it', `${'RemoteTraceback:'.repeat(MEGA / 16)}${TRACEBACK}\nE`],
  ['what stands before it, without a space', `${'x'.repeat(MEGA)}${TRACEBACK}\nE`],
];
for (const [what, text] of hostile) {
  test(`megabytes take no longer than their length: ${what}`, () => {
    // What is computed, not what passes: other programs may be at work as well.
    const begun = process.cpuUsage();
    withoutTraceback(text);
    const { user, system } = process.cpuUsage(begun);
    const took = (user + system) / 1000;
    assert.ok(took < 1500, `${Math.round(took)} ms`);
  });
}
