// `npm run mail:pictures`: the pictures of docs/notifications.md, made small by pngquant (Debian: chromium, pngquant): mails as Chromium shows
// them, below their subjects. PICTURES names another folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { html } from 'hono/html';
import type { BrowserContextOptions } from 'playwright-core';
import { mailHtml } from '../../../src/channels/templates/mail-html.ts';
import { type Event, type EventKind, NOTIFIED_BY_DEFAULT } from '../../../src/domain/event.ts';
import { NOTHING_PAST } from '../../../src/domain/message/past.ts';
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
const ERROR = 'ProcessFailure: parser failed with exception';
const failing = ['scan-01/data.xrdml', 'scan-07/data.xrdml', 'scan-11/data.xrdml'].map((mainfile, index) => {
  const reason = index < 2 ? "KeyError: 'wavelength'" : 'ParserError: no element found: line 1, column 0';
  return { entry_id: mainfile, mainfile, parser: 'parsers/xrd', error: ERROR, reason, link: GUI };
});
const group = { parser: 'parsers/xrd', error: ERROR, before: null };
const reasons = [
  { ...group, reason: "KeyError: 'wavelength'", before: 'The scan ends early.', entries: 2, checked: 2 },
  { ...group, reason: 'ParserError: no element found: line 1, column 0', entries: 1, checked: 1 },
];
const FULL = 'OSError: [Errno 28] No space left on device';
const full = ['GaAs relaxation 07', 'TiO2 phonons 12', 'NiO DOS 03'].map((name) =>
  of(name, 'upload.failed', { after: after(FULL), details: { reason: FULL } }),
);
const broken = (name: string, condition: string, reason: string) => {
  return {
    upload_id: name,
    upload_name: name,
    condition,
    reason,
    author: 'Ada Lovelace',
    role: 'main_author',
    link: GUI,
  };
};
const first = of('', 'monitor.baseline', {
  upload: null,
  after: null,
  details: {
    ...{ uploads: 40, failed: 2, entries_failed: 1, empty: 1, succeeded: 37, processing: 1, published: 8 },
    entries_pending: 17,
    notify_on: NOTIFIED_BY_DEFAULT.join(' '),
    broken: [
      broken('batch-42', 'failed', 'ValueError: Bad archive.'),
      broken('TiO2 phonons 12', 'failed', FULL),
      broken('XRD sample 2231', 'entries_failed', "2 of 12 entries failed: parsers/xrd: KeyError: 'wavelength'"),
      broken('holiday photos', 'empty', 'no file matched a parser'),
    ],
  },
});
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
  readonly wentWell?: ReadonlyMap<string, number>;
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
          details: { entries: 12, failed: 3, seen: 3, failing, reasons },
        }),
      ],
    },
    look: { ...NARROW, colorScheme: 'dark' },
  },
  'mail-nomad': { content: { kind: 'events', events: full }, look: WIDE },
  'mail-first': { content: { kind: 'events', events: [first] }, look: WIDE },
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
    nomad: 'https://nomad.lab.example/api/v1',
  };
}

test('the pictures of mails', { timeout: 120_000 }, async (context) => {
  const browser = await startChromium(context);
  for (const [name, { content, look, wentWell, alsoBroken, most }] of Object.entries(pictures)) {
    const page = await (await browser.newContext(look)).newPage();
    const message = messageOf(content, { ...NOTHING_PAST, ...(wentWell && { wentWell }) });
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
