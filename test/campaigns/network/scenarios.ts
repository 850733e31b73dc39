// Each fault of docs/network.md on each link: what breaks, and what the monitor makes of it while it lasts.
import type { Lab, Link } from './lab.ts';
import type { Toxic } from './toxiproxy.ts';

export interface Scenario {
  /** As docs/network.md calls it. */
  readonly fault: string;
  readonly link: Link;
  /** Breaks the link. */
  readonly breaks: (lab: Lab) => Promise<void>;
  /** What happens meanwhile is told while it lasts (null), or the log says this and it is told afterwards. */
  readonly says: RegExp | null;
  /** The other side has the message, only its answer is lost: it comes again, under the same id. */
  readonly comesAgain?: true;
  /** It takes a time limit of a minute or so to be noticed. */
  readonly slow?: true;
  /** How many uploads there are; 30 when not given. */
  readonly uploads?: number;
}

type Name = Toxic['type'];
type Break = (link: Link) => Scenario['breaks'];

const toxic =
  (stream: Toxic['stream'], type: Name, attributes: Toxic['attributes']): Break =>
  (link) =>
  (lab) =>
    lab.links[link].proxy.add({ type, stream, attributes });
/** On the way from the server to the monitor. */
const answers = (type: Name, attributes: Toxic['attributes']) => toxic('downstream', type, attributes);
/** On the way from the monitor to the server. */
const requests = (type: Name, attributes: Toxic['attributes']) => toxic('upstream', type, attributes);
const off: Break = (link) => (lab) => lab.links[link].proxy.switch(false);

function both(one: Break, other: Break): Break {
  return (link) => async (lab) => {
    await one(link)(lab);
    await other(link)(lab);
  };
}

const LATENCY = answers('latency', { latency: 2000, jitter: 1000 });
const NARROW = answers('bandwidth', { rate: 1 });
const NARROW_THERE = requests('bandwidth', { rate: 1 });
const PIECES = answers('slicer', { average_size: 20, size_variation: 10, delay: 1000 });
const PIECES_THERE = requests('slicer', { average_size: 20, size_variation: 10, delay: 1000 });
const SLOW_CLOSE = answers('slow_close', { delay: 3000 });
const RESET = requests('reset_peer', { timeout: 0 });
const HANG_UP = both(answers('timeout', { timeout: 1 }), requests('timeout', { timeout: 1 }));
/** Also the end of a connection is not passed on. */
const HALF_OPEN = both(answers('timeout', { timeout: 0 }), answers('slow_close', { delay: 600_000 }));
const BLACK_HOLE = both(HALF_OPEN, requests('timeout', { timeout: 0 }));
const cutAfter = (bytes: number) => answers('limit_data', { bytes });

/** The mail is complete and kept, its 250 never arrives. */
const cutBeforeAcceptance: Scenario['breaks'] = async ({ inbox, links }) => {
  inbox.setHooks({
    afterKeeping: async () => {
      inbox.setHooks({});
      await links.smtp.proxy.add({ type: 'timeout', stream: 'downstream', attributes: { timeout: 1 } });
    },
  });
};

type Row = readonly [
  fault: string,
  breaks: Break,
  says: RegExp | null,
  more?: Pick<Scenario, 'comesAgain' | 'slow' | 'uploads'>,
];

const SLOW = { slow: true } as const;

const ROWS: Readonly<Record<Link, readonly Row[]>> = {
  nomad: [
    ['half-open: answers vanish', HALF_OPEN, /ETIMEDOUT: Timeout awaiting 'request' for 70000ms/, SLOW],
    ['black hole: nothing passes', BLACK_HOLE, /ETIMEDOUT: Timeout awaiting 'request' for 70000ms/, SLOW],
    ['1 kB/s, 300 uploads', NARROW, /ETIMEDOUT: Timeout awaiting 'request' for 70000ms/, { ...SLOW, uploads: 300 }],
    ['1 kB/s', NARROW, null],
    ['latency of 2 s ± 1 s', LATENCY, null],
    ['pieces of 20 bytes', PIECES, null],
    ['slow close', SLOW_CLOSE, null],
    ['down', off, /ECONNREFUSED/],
    ['connection closed without an answer', HANG_UP, /ECONNRESET: socket hang up/],
    ['reset', RESET, /ECONNRESET/],
    ['cut in the middle', cutAfter(1000), /Content-Length mismatch: expected \d+ bytes, received \d+/],
  ],
  smtp: [
    ['half-open: answers vanish', HALF_OPEN, /did not request the text of the mail within 120 s/, SLOW],
    ['black hole: nothing passes', BLACK_HOLE, /did not request the text of the mail within 120 s/, SLOW],
    ['1 kB/s', NARROW_THERE, null],
    ['latency of 2 s ± 1 s', LATENCY, null],
    ['pieces of 20 bytes', PIECES_THERE, null],
    ['slow close', SLOW_CLOSE, null],
    ['down', off, /ECONNREFUSED/],
    ['connection closed without an answer', HANG_UP, /closed/],
    ['reset', RESET, /closed|ECONNRESET/],
    ['cut in the middle', cutAfter(30), /closed/],
    ['cut before the answer', () => cutBeforeAcceptance, /closed/, { comesAgain: true }],
  ],
  webhook: [
    ['half-open: answers vanish', HALF_OPEN, /no complete answer within 30 s/, { ...SLOW, comesAgain: true }],
    ['black hole: nothing passes', BLACK_HOLE, /no complete answer within 30 s/, SLOW],
    ['1 kB/s', NARROW_THERE, null],
    ['latency of 2 s ± 1 s', LATENCY, null],
    ['pieces of 20 bytes', PIECES_THERE, null],
    ['slow close', SLOW_CLOSE, null],
    ['down', off, /could not be reached \(ECONNREFUSED\)/],
    ['connection closed without an answer', HANG_UP, /could not be reached \(ECONNRESET\)/],
    ['reset', RESET, /could not be reached \(ECONNRESET\)/],
    ['cut before the answer', cutAfter(5), /could not be reached/, { comesAgain: true }],
  ],
};

export const SCENARIOS: readonly Scenario[] = Object.entries(ROWS).flatMap(([link, rows]) =>
  rows.map(([fault, breaks, says, more]) => ({
    fault,
    link: link as Link,
    breaks: breaks(link as Link),
    says,
    ...more,
  })),
);
