// What a mail says to its reader beside what happened, in both texts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailHtml } from '../../src/channels/templates/mail-html.ts';
import { mailText } from '../../src/channels/templates/mail-text.ts';
import { event, messageAbout, reader } from '../support/builders.ts';

const message = messageAbout([
  event({ upload: { id: 'u/1', name: 'batch-42', link: 'https://n/u', author: 'ada', role: null } }),
]);
const plain = (html: string) =>
  html
    .slice(html.indexOf('<body'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/ +/g, ' ');

test('the last lines say why they get it', () => {
  const why = ['You get this because of a rule.', `To get fewer, ask. ${'x '.repeat(60)}end`];
  const text = mailText(message, reader({ why }));
  assert.match(text, /\n\n-- \nYou get this because of a rule\.\nTo get fewer, ask\. (?:x[ \n])+end\n$/);
  for (const line of text.split('\n')) assert.ok(line.length <= 76, line);
  assert.match(plain(mailHtml(message, reader({ why }))), /You get this because of a rule\. To get fewer, ask\./);
});

test('what else is broken stands before them, with its link', () => {
  const alsoBroken = { text: 'Also broken now: 3 failed, 1 stuck.', link: 'https://m/' };
  assert.match(
    mailText(message, reader({ alsoBroken })),
    /\n\nAlso broken now: 3 failed, 1 stuck\.\n {2}https:\/\/m\/\n\n-- \n/,
  );
  assert.match(
    mailHtml(message, reader({ alsoBroken })),
    /<a class="link" href="https:\/\/m\/"[^>]*>Also broken now: 3 failed, 1 stuck\.<\/a>/,
  );
  assert.doesNotMatch(mailText(message, reader()), /Also broken/);
});

test('where our page is known, each upload links to its history and the mail to the page; otherwise nothing does', () => {
  const [text, html] = [
    mailText(message, reader({ page: 'https://m/nomad' })),
    mailHtml(message, reader({ page: 'https://m/nomad' })),
  ];
  assert.match(text, /\n {2}https:\/\/n\/u\n {2}History: https:\/\/m\/nomad\/uploads\/u%2F1\n/);
  assert.match(text, /\nThe page of the monitor: https:\/\/m\/nomad\/\n$/);
  assert.match(html, / · <a class="link" href="https:\/\/m\/nomad\/uploads\/u%2F1"[^>]*>history<\/a>/);
  assert.match(html, /<a class="link" href="https:\/\/m\/nomad\/"[^>]*>The page of the monitor<\/a>/);
  assert.doesNotMatch(`${mailText(message, reader())}${mailHtml(message, reader())}`, /history|page of the monitor/i);
});

test('times are in the zone of the reader', () => {
  const [berlin, kathmandu] = ['Europe/Berlin', 'Asia/Kathmandu'].map((timeZone) => reader({ timeZone }));
  assert.match(mailText(message, berlin ?? reader()), /20 Nov 2026, 11:00 CET/);
  assert.match(mailHtml(message, kathmandu ?? reader()), /20 Nov 2026, 15:45 GMT\+5:45/);
});
