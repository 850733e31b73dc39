// What the other verbs print fits the terminal too, whatever they have to say; in a pipe it is whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { configText } from '../../src/cli/commands/config.ts';
import { asText } from '../../src/cli/commands/doctor.ts';
import { outboxText } from '../../src/cli/commands/outbox-text.ts';
import { progressBar } from '../../src/cli/terminal/progress-bar.ts';
import { bad, ok, skipped } from '../../src/domain/doctor/findings.ts';
import { oneLine } from '../../src/domain/text/one-line.ts';
import type { Undelivered } from '../../src/store/operator.ts';
import { T0, delivery } from '../support/builders.ts';
import { hostileText } from '../support/hostile-text.ts';

const WIDTHS = [40, 80, 200] as const;

const NAME_OF_PART = /^(ok|BAD|-) +(SMTP|login|token lifetime) +/;

/** A single word that is longer, an address to be copied, stays in one piece. */
function assertFits(text: string, width: number): void {
  for (const line of text.split('\n')) {
    assert.doesNotMatch(line, /\p{Cc}/u);
    assert.ok(
      stringWidth(line) <= width || !line.replace(NAME_OF_PART, '').trim().includes(' '),
      `${stringWidth(line)} of ${width}: ${line}`,
    );
  }
}

function undelivered(recipient: string, reason: string, index: number): Undelivered {
  const { channel, content } = delivery();
  const rest = { createdAt: T0, tries: index, dueAt: null, isBeingSent: false };
  return { id: `m${index}-0123456789`, state: 'dead', channel, recipient, reason, content, ...rest };
}

test('outbox', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(hostileText, hostileText), { minLength: 1 }),
      fc.constantFrom(...WIDTHS),
      (texts, width) => {
        const all = texts.map(([recipient, reason], index) => undelivered(recipient, reason, index));
        const held = texts.map(([recipient]) => ({
          channel: 'mail',
          recipient,
          events: 2,
          since: T0,
          reason: 'muted' as const,
          until: T0,
        }));
        const look = { now: T0, scrub: String, timeZone: 'UTC' };
        const noRecipient = 'nobody can be notified: MAIL_TO is not set, and the account has no address in NOMAD';
        const outbox = { undelivered: all, held, noRecipient };
        assertFits(outboxText(outbox, { ...look, width }), width);
        assertFits(outboxText({ undelivered: [], held: [], noRecipient }, { ...look, width }), width);
        const whole = outboxText(outbox, { ...look, width: null });
        for (const { id } of all) assert.ok(whole.includes(id));
      },
    ),
  );
});

test('config', () => {
  fc.assert(
    fc.property(hostileText, hostileText, fc.constantFrom(...WIDTHS), (value, origin, width) => {
      const values = { NOMAD_URL: value, MAIL_TO: value };
      const origins = new Map([['NOMAD_URL', origin]]);
      const { out } = configText({ values, origins, problems: [], secrets: [] }, false, width);
      assertFits(out, width);
    }),
  );
});

test('doctor', () => {
  fc.assert(
    fc.property(hostileText, fc.constantFrom(...WIDTHS), (given, width) => {
      const text = oneLine(given, 400);
      const parts = [ok('smtp', text), bad('login', text, `${text}\n${text}`), skipped('token_lifetime', text)];
      const plain = (_: string, each: string) => each;
      for (const part of parts) assertFits(asText(part, plain, width), width);
      const [, second] = parts;
      assert.ok(second !== undefined);
      assert.equal(asText(second, plain, null).split('\n').length, 3);
    }),
  );
});

test('doctor, as it is seen at 80 and at 40 columns', () => {
  const part = bad(
    'nomad',
    'http://127.0.0.1:1 does not answer: connection refused',
    'is NOMAD_URL right? It is now http://127.0.0.1:1',
  );
  const plain = (_: string, text: string) => text;
  assert.equal(
    asText(part, plain, 80),
    'BAD  NOMAD answers   http://127.0.0.1:1 does not answer: connection refused\n' +
      '                     is NOMAD_URL right? It is now http://127.0.0.1:1',
  );
  assert.equal(
    asText(part, plain, 40),
    'BAD  NOMAD answers\n     http://127.0.0.1:1 does not answer:\n     connection refused\n' +
      '     is NOMAD_URL right? It is now\n     http://127.0.0.1:1',
  );
});

const bars: readonly (readonly [number, number, number, string])[] = [
  [500, 2000, 80, '[########......................] 500 of 2000 uploads'],
  [2000, 2000, 80, `[${'#'.repeat(30)}] 2000 of 2000 uploads`],
  [500, 2000, 40, '[####.............] 500 of 2000 uploads'],
  [500, 2000, 20, '500 of 2000 uploads'],
  [0, 0, 80, `[${'#'.repeat(30)}] 0 of 0 uploads`],
  [9, 3, 40, `[${'#'.repeat(22)}] 9 of 3 uploads`],
];
for (const [seen, total, width, bar] of bars) {
  test(`${seen} of ${total} in ${width} places`, () => {
    const text = `${seen} of ${total} uploads`;
    assert.equal(progressBar({ done: seen, total, text }, width), bar);
    assert.ok(bar.length < width);
  });
}
