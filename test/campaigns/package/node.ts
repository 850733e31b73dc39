// The Node that is shipped against the one that was published: the same answer to everything the program asks of ICU, whatever the machine's
// language is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

const LANGUAGES = [
  'C.UTF-8',
  'en_GB.UTF-8',
  'de_DE.UTF-8',
  'ja_JP.UTF-8',
  'th_TH',
  'ar_EG',
  'fa_IR',
  'tr_TR',
  'sr_RS@latin',
  'zh_TW',
  'he_IL',
];

const QUESTIONS = `
const at = 1764460800000;
const format = (timeZone, options) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];
console.log(JSON.stringify([
  new Intl.DateTimeFormat().resolvedOptions().timeZone,
  zones.map((zone) => [format(zone, { dateStyle: 'medium', timeStyle: 'short' }), format(zone, { timeZoneName: 'short' }), format(zone, { weekday: 'short', hour: '2-digit', minute: '2-digit' })]),
  Intl.supportedValuesOf('timeZone').length,
  (1234567).toLocaleString('en-GB'),
  [...new Intl.Segmenter().segment('a👩‍👩‍👧é漢字กำ')].map(({ segment }) => segment),
  ['b10', 'b2', 'Ä', 'a', 'ß', 'z', 'あ'].sort(new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare),
  new URL('http://bücher.example').host,
  'ﬁ'.normalize('NFKC'),
  ['shift_jis', 'gb18030', 'iso-8859-15', 'utf-16be'].map((name) => new TextDecoder(name).decode(new Uint8Array([0x83, 0x65]))),
  /^\\p{Lu}\\p{Emoji_Presentation}$/u.test('Ä👍'),
]));`;

export function nodeAnswersAsPublished(shipped: string, published: string): void {
  for (const language of LANGUAGES) assert.equal(answers(shipped, language), answers(published, language), language);
  assert.match(answers(shipped, 'C.UTF-8'), /30 Nov 2025, 01:00/);
}

function answers(node: string, language: string): string {
  const env = { LANG: language, LC_ALL: language, TZ: 'Europe/Berlin' };
  return execFileSync(node, ['-e', QUESTIONS], { env, encoding: 'utf8' });
}
