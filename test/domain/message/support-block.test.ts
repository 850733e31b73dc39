// The text for NOMAD's administrators in the mail about stuck uploads: after the advice, of a few uploads, as it is, and as text alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailHtml } from '../../../src/channels/templates/mail-html.ts';
import { mailText } from '../../../src/channels/templates/mail-text.ts';
import type { Event } from '../../../src/domain/event.ts';
import { MINUTE, T0, event, messageAbout, reader } from '../../support/builders.ts';

const stuck = (id: string, more: Partial<Event> = {}): Event => {
  const { upload } = event();
  assert.ok(upload !== null);
  return event({
    id: `e ${id}`,
    kind: 'upload.stuck',
    upload: { ...upload, id, name: `batch ${id}` },
    after: {
      status: 'PENDING',
      process: 'process_upload',
      message: 'Parsing level 0',
      errors: [],
      warnings: [],
      entries: 40,
    },
    details: { still_ms: 120 * MINUTE },
    ...more,
  });
};
const many = (count: number) => Array.from({ length: count }, (_, index) => stuck(`u${index}`));
const TITLE = "For NOMAD's administrators, ready to copy:";

test('after the advice, in both forms of the mail', () => {
  const message = messageAbout([stuck('u1')]);
  assert.match(
    mailText(message, reader()),
    /refuses to process it\.\n {2}https:\S+\n\n {2}For NOMAD's administrators, ready to copy:\n\n {4}About the upload batch u1 to NOMAD: stuck\n\n {4}Deployment: {5}https:\/\/nomad\.example\/gui\n {4}NOMAD: {10}1\.4 or later \(version not known\), processes with Temporal\n/,
  );
  const html = mailHtml(message, reader());
  assert.match(
    html,
    /refuses to process it\.<\/div><div [^>]*>For NOMAD&#39;s administrators, ready to copy:<\/div>\n<pre /,
  );
  assert.match(html, />About the upload batch u1 to NOMAD: stuck\n\nDeployment: {5}https:\/\/nomad\.example\/gui\n/);
});

test('of three uploads, not of four; nothing of what only failed', () => {
  const blocks = (events: readonly Event[]) => messageAbout(events).items.filter(({ report }) => report !== undefined);
  assert.deepEqual(
    [1, 3, 4, 9].map((count) => blocks(many(count)).length),
    [1, 3, 0, 0],
  );
  assert.equal(blocks([event()]).length, 0);
});

test('an upload that was stuck and went on has none', () => {
  const on = stuck('u1', { id: 'e2', kind: 'upload.unstuck', time: T0 + MINUTE });
  assert.equal(messageAbout([stuck('u1'), on]).items[0]?.report, undefined);
});

test('hostile text becomes no markup, and no line of its own', () => {
  const evil = '</pre><script>\n\nDeployment: evil';
  const { upload, after } = stuck('u1');
  assert.ok(upload !== null && after !== null);
  const message = messageAbout([
    stuck('u1', { upload: { ...upload, author: evil }, after: { ...after, message: evil } }),
  ]);
  const [html, text] = [mailHtml(message, reader()), mailText(message, reader())];
  assert.doesNotMatch(html, /<script>/);
  assert.equal(html.split('</pre>').length, 2);
  assert.doesNotMatch(text, /^ *Deployment: evil/m);
  assert.ok(text.includes(TITLE));
});
