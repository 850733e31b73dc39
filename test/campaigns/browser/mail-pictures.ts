// `npm run mail:pictures`: the pictures of docs/notifications.md, made small by pngquant (Debian: chromium, pngquant): mails as Chromium shows
// them, below their subjects. PICTURES names another folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { html } from 'hono/html';
import type { BrowserContextOptions } from 'playwright-core';
import { mailHtml } from '../../../src/channels/templates/mail-html.ts';
import type { Event, EventKind } from '../../../src/domain/event.ts';
import type { WentWell } from '../../../src/domain/message/item.ts';
import { messageOf } from '../../../src/domain/message/message.ts';
import { type Reader, whyOf } from '../../../src/domain/message/reader.ts';
import type { Content, Standing } from '../../../src/domain/notify/delivery-content.ts';
import { MINUTE, T0, event } from '../../support/builders.ts';
import { startChromium } from './chromium.ts';

const FOLDER = process.env['PICTURES'] ?? 'docs/images';
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
mkdirSync(FOLDER, { recursive: true });

const GUI = 'https://nomad-lab.eu/prod/v1/gui/user/uploads/upload/id';
let made = 0;
const about = (name: string, author = 'Ada Lovelace') =>
  ({ id: name, name, link: `${GUI}/x`, author, role: author === 'Ada Lovelace' ? 'main_author' : 'coauthor' }) as const;
const after = (error: string, entries = 4) =>
  ({ status: 'FAILURE', process: 'process_upload', message: null, errors: [error], warnings: [], entries }) as const;
const of = (name: string, kind: EventKind, more: Partial<Event> = {}): Event =>
  event({ id: `e${(made += 1)}`, kind, upload: about(name), after: after('E'), ...more });
const standing = (name: string, condition: Standing['condition'], since: number, reason: string): Standing => ({
  upload: about(name),
  condition,
  since: T0 - since,
  reason,
});

const failed = of('MoS2 phonons 14', 'upload.failed', {
  after: after('FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml'),
  details: { took_ms: 12 * MINUTE },
});
const failing = [
  ['scan-01/data.xrdml', 'ValueError: wavelength is missing'],
  ['scan-07/a very long directory name without_any break at all/another_one/data.xrdml', 'parser raised system exit'],
].map(([mainfile = '', error = '']) => ({ entry_id: mainfile, mainfile, parser: 'parsers/xrd', error, link: GUI }));
const night = [
  of('batch-42', 'upload.failed', { after: after('KeyError: a') }),
  of('batch-42', 'upload.failed', { time: T0 + HOUR, after: after('KeyError: b'), details: { again: true } }),
  of('مشروع البلورات', 'upload.failed', { time: T0 + 5 * HOUR, after: after('ValueError: gnorw') }),
  of('', 'nomad.reachable', { upload: null, after: null, time: T0 + 6 * HOUR, details: { since: T0 + 5 * HOUR } }),
  of('batch-42', 'upload.recovered', { time: T0 + 7 * HOUR, details: { took_ms: 9 * MINUTE } }),
];
const many = Array.from({ length: 1000 }, (_, index) =>
  of(`batch-${index}`, 'upload.failed', {
    after: after(index % 7 === 0 ? 'KeyError: lattice' : 'ValueError: bad lattice in raw/OUTCAR'),
  }),
);

const WIDE = { viewport: { width: 700, height: 300 } } as const;
const NARROW = { viewport: { width: 360, height: 500 } } as const;
interface Picture {
  readonly content: Content;
  readonly look: BrowserContextOptions;
  readonly wentWell?: WentWell;
  readonly alsoBroken?: string;
  /** Most of it that is shown, in pixels. */
  readonly most?: number;
}
const pictures: Readonly<Record<string, Picture>> = {
  'mail-failed': {
    content: { kind: 'events', events: [failed] },
    look: WIDE,
    wentWell: new Map([[failed.id, T0 - 3 * DAY]]),
    alsoBroken: '2 failed, 1 stuck',
  },
  'mail-night': { content: { kind: 'events', events: night }, look: WIDE },
  'mail-entries': {
    content: {
      kind: 'events',
      events: [
        of('XRD sample 2231 (Müller)', 'upload.entries_failed', {
          upload: about('XRD sample 2231 (Müller)', 'Grace Hopper'),
          after: after('', 12),
          details: { entries: 12, failed: 4, failing },
        }),
      ],
    },
    look: { ...NARROW, colorScheme: 'dark' },
  },
  'mail-many': { content: { kind: 'events', events: many }, look: { ...WIDE, colorScheme: 'dark' }, most: 760 },
  'mail-summary-phone': {
    content: {
      kind: 'summary',
      from: T0 - DAY,
      to: T0,
      uploads: 38,
      counts: { failed: 1, stuck: 1, entries_failed: 1, empty: 0, processing: 1 },
      standing: [
        standing('batch-42', 'failed', 2 * DAY + 2 * HOUR, 'KeyError: lattice'),
        standing('Bi2Te3', 'stuck', DAY + 6 * HOUR, 'Parsing level 0'),
        standing('GaN', 'entries_failed', 3 * HOUR, "2 of 12 entries failed: parsers/vasp: KeyError: 'atomtypes'"),
      ],
      more: 0,
      events: { 'upload.failed': 4, 'upload.recovered': 2 },
      well: 6,
      unchecked: 0,
      authors: 1,
      groups: null,
    },
    look: NARROW,
  },
};

function readerOf(alsoBroken: string | undefined): Reader {
  const page = 'https://monitor.lab.example';
  const ada = 'ada@lab.example';
  return {
    timeZone: 'Europe/Berlin',
    why: whyOf({ recipient: ada, mailTo: [ada], email: ada, username: null }),
    page,
    alsoBroken: alsoBroken === undefined ? null : { text: `Also broken now: ${alsoBroken}.`, link: `${page}/` },
  };
}

test('the pictures of mails', { timeout: 120_000 }, async (context) => {
  const browser = await startChromium(context);
  for (const [name, { content, look, wentWell, alsoBroken, most }] of Object.entries(pictures)) {
    const page = await (await browser.newContext(look)).newPage();
    const message = messageOf(content, wentWell);
    const head = (
      await html`<div style="font:15px sans-serif;padding:12px 16px;border-bottom:1px solid #8888">
        ${message.subject}
      </div>`
    ).toString();
    await page.setContent(mailHtml(message, readerOf(alsoBroken)).replace(/<body[^>]*>/, (body) => `${body}${head}`));
    const height = Math.ceil((await page.locator('body').boundingBox())?.height ?? 0);
    const { width } = look.viewport ?? WIDE.viewport;
    const path = join(FOLDER, `${name}.png`);
    await page.setViewportSize({ width, height: Math.min(height, most ?? height) });
    await page.screenshot({ path });
    execFileSync('pngquant', ['--force', '--strip', '--output', path, '64', path]);
    process.stdout.write(`${path}: ${Math.round(statSync(path).size / 1000)} kB\n`);
  }
});
