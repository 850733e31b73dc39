// Where events go: a table of rules and events, and the glob against the slow and obvious way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { globCovers, globMatches } from '../../../src/domain/text/glob.ts';
import { quietAt } from '../../../src/domain/notify/quiet-hours.ts';
import { type Match, NO_RULES, type Route, explain, subjectOf, targetsOf } from '../../../src/domain/notify/routing.ts';
import { event } from '../../support/builders.ts';

const route = (match: Partial<Match>, more: Partial<Route> = {}): Route => ({
  match: { kind: null, author: null, uploadName: null, role: null, ...match },
  mail: ['route@x'],
  webhook: false,
  chat: false,
  continue: true,
  line: 1,
  ...more,
});
const defaults = { notifyOn: new Set(['upload.failed'] as const), mailTo: ['me@x'], webhook: true, chat: true };
const failed = { kind: 'upload.failed', upload: event().upload } as const;
const created = { kind: 'upload.created', upload: event().upload } as const;
const nomad = { kind: 'nomad.unreachable', upload: null } as const;

test('where an event goes', () => {
  const all = ['mail me@x', 'webhook webhook', 'chat chat'];
  const one = ['mail route@x'];
  const rows: readonly (readonly [
    string,
    readonly Route[],
    typeof failed | typeof created | typeof nomad,
    readonly string[],
  ])[] = [
    ['no rules: every channel', [], failed, all],
    ['no rules: NOTIFY_ON leaves it out', [], created, []],
    ['a route takes the place of the default', [route({ kind: ['upload.failed'] })], failed, one],
    ['no route applies: the default', [route({ kind: ['upload.empty'] })], failed, all],
    [
      'a route that names the kind tells what NOTIFY_ON leaves out',
      [route({ kind: ['upload.created'] })],
      created,
      one,
    ],
    ['a route that names none does not', [route({})], created, []],
    ['names: a glob', [route({ uploadName: ['batch-*'] })], failed, one],
    ['names: case counts', [route({ uploadName: ['Batch-*'] })], failed, all],
    ['authors: case does not', [route({ author: ['ADA'] })], failed, one],
    ['role', [route({ role: ['main_author'] })], failed, one],
    ['another role', [route({ role: ['reviewer', 'coauthor'] })], failed, all],
    ['all keys have to match', [route({ kind: ['upload.failed'], author: ['grace'] })], failed, all],
    ['what is about no upload has no author', [route({ kind: ['nomad.unreachable'], author: ['*'] })], nomad, []],
    ['what is about no upload matches by kind', [route({ kind: ['nomad.unreachable'] })], nomad, one],
    [
      'all that match apply, no recipient twice',
      [route({}), route({}), route({}, { mail: null, chat: true })],
      failed,
      [...one, 'chat chat'],
    ],
    ['continue: false ends it', [route({}, { continue: false }), route({}, { mail: ['b@x'] })], failed, one],
    [
      'continue: false where it does not apply ends nothing',
      [route({ author: ['grace'] }, { continue: false }), route({})],
      failed,
      one,
    ],
    ['mail: true is MAIL_TO', [route({}, { mail: 'default' })], failed, ['mail me@x']],
    ['authors: a glob', [route({ author: ['a*', 'x'] })], failed, one],
    ['what is about no upload has no name', [route({ kind: ['nomad.unreachable'], uploadName: ['*'] })], nomad, []],
    ['what is about no upload has no role', [route({ kind: ['nomad.unreachable'], role: ['reviewer'] })], nomad, []],
    ['any of the kinds', [route({ kind: ['upload.empty', 'upload.failed'] })], failed, one],
    ['any of the names', [route({ uploadName: ['x', 'batch-*'] })], failed, one],
    ['any of the roles', [route({ role: ['reviewer', 'main_author'] })], failed, one],
    ['only a webhook', [route({}, { mail: null, webhook: true })], failed, ['webhook webhook']],
    ['mail to nobody is nobody', [route({}, { mail: [] })], failed, []],
  ];
  for (const [name, routes, about, expected] of rows) {
    const found = targetsOf({ ...NO_RULES, routes }, subjectOf(about), defaults);
    assert.deepEqual(
      found.map(({ channel, recipient }) => `${channel} ${recipient}`),
      expected,
      name,
    );
  }
});

test('without rules all is told that NOTIFY_ON names, at any time', () => {
  assert.equal(targetsOf(NO_RULES, subjectOf(failed), defaults).length, 3);
  assert.equal(quietAt(NO_RULES.quiet, 0, 'UTC')('upload.failed'), null);
});

test('what is not configured is not told, whatever a rule says', () => {
  const nowhere = { ...defaults, mailTo: [], webhook: false, chat: false };
  const to = (routes: readonly Route[]) => targetsOf({ ...NO_RULES, routes }, subjectOf(failed), nowhere);
  assert.deepEqual(to([]), []);
  assert.deepEqual(to([route({}, { mail: 'default', webhook: true, chat: true })]), []);
  assert.deepEqual(to([route({}, { webhook: true })]), [{ channel: 'mail', recipient: 'route@x' }]);
});

test('what a rule sees of an event: its kind, and of the upload its name, author and role', () => {
  assert.deepEqual(subjectOf(nomad), { kind: 'nomad.unreachable', upload: null });
  const upload = { id: 'u', name: null, link: '', author: 'Ada', role: null };
  assert.deepEqual(subjectOf({ kind: 'upload.failed', upload }), {
    kind: 'upload.failed',
    upload: { name: '', author: 'Ada', role: null },
  });
});

const covers: readonly (readonly [string, string, boolean])[] = [
  ['*', 'a*', true],
  ['**', '*', true],
  ['a*', 'a*', true],
  ['a*', 'ab', true],
  ['a*', 'b', false],
  ['a?', 'ab', true],
  ['a*', 'ab*', false],
  ['a?', 'a?', true],
  ['??', '*', false],
  ['a\\*', 'a\\*', true],
  ['a*', 'a\\*b', true],
  ['', '', true],
  ['', '*', false],
];
for (const [wide, narrow, expected] of covers) {
  test(`${wide || 'nothing'} ${expected ? 'surely covers' : 'is not said to cover'} ${narrow || 'nothing'}`, () => {
    assert.equal(globCovers(wide, narrow), expected);
  });
}

test('why it goes there', () => {
  const routes = [
    route({ kind: ['upload.empty'] }),
    route({ author: ['grace'] }),
    route({ uploadName: ['x'] }),
    route({ role: ['reviewer'] }),
    route({}, { continue: false }),
    route({}),
  ];
  const { routes: judged, isDefault } = explain({ ...NO_RULES, routes }, subjectOf(failed), defaults);
  assert.equal(isDefault, false);
  assert.deepEqual(
    judged.map(({ verdict }) => verdict),
    ['kind', 'author', 'uploadName', 'role', 'applies', 'not reached'],
  );
  assert.equal(
    explain({ ...NO_RULES, routes: [route({})] }, subjectOf(created), defaults).routes[0]?.verdict,
    'not notified',
  );
});

const slowly = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return slowly(pattern.slice(1), text) || (text !== '' && slowly(pattern, text.slice(1)));
  if (text === '') return false;
  const isEscape = pattern.startsWith('\\') && pattern.length > 1;
  const letter = isEscape ? pattern[1] : pattern[0];
  const fits = (!isEscape && letter === '?') || letter === text[0];
  return fits && slowly(pattern.slice(isEscape ? 2 : 1), text.slice(1));
};

test('globs match as the obvious way says, and quickly where that would take for ever', () => {
  const small = (letters: string) =>
    fc.array(fc.constantFrom(...letters.split('')), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(small('ab*?\\'), small('ab*'), (pattern, text) => {
      assert.equal(globMatches(pattern, text), slowly(pattern, text), `${pattern} ${text}`);
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(small('ab*?'), small('ab*?'), small('ab'), (wide, narrow, text) => {
      if (globCovers(wide, narrow) && globMatches(narrow, text)) assert.ok(globMatches(wide, text));
    }),
    { numRuns: 5000 },
  );
  assert.equal(globMatches(`${'*a'.repeat(30)}b`, 'a'.repeat(20_000)), false);
  assert.ok(globMatches('?', '\u{1f600}'));
  assert.ok(globMatches('a\\', 'a\\'), 'a \\ before nothing means itself');
});
