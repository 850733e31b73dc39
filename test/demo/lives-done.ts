// What was done to the uploads of the recordings: the orders of the people and what was in their files. Played in the simulation, they
// must show what the real servers showed.
import type { Level, Processing } from '../../src/demo/nomad-processing.ts';
import type { Order } from '../../src/demo/nomad-runs.ts';
import type { SimulatedEntry } from '../../src/demo/nomad-state.ts';

export type Done = Order & {
  /** It came while the run before was underway (1.3): no end of that one is seen. */
  readonly isQueued?: true;
  /** The step after which nothing moved, for a worker that died or an order that came between. */
  readonly until?: string;
};
export type Lives = Readonly<Record<string, readonly Done[]>>;

/** Files are put and processed. */
export function put(entries: number, levels: readonly number[] = [0], bad?: Level['bad']): Processing {
  return { ...again(entries, levels, bad), addsFiles: true };
}

/** Where there are two levels, one entry is of the lower. */
export function again(entries: number, levels: readonly number[] = [0], bad: Level['bad'] = []): Processing {
  const [first = 0, second] = levels;
  const good = entries - bad.length;
  if (entries === 0) return { does: 'process' };
  if (second === undefined) return { does: 'process', entries: [{ level: first, good, bad }] };
  return {
    does: 'process',
    entries: [
      { level: first, good: 1 },
      { level: second, good: good - 1, bad },
    ],
  };
}

export function failing(count: number, error: string): readonly SimulatedEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `bad-${index}`,
    mainfile: `${index}.live0`,
    parser: 'p',
    error,
  }));
}

export function broken(reason: string, after = 'Adding files'): Processing {
  return { ...put(1), fails: { after, with: reason } };
}

const BOTH = [-1, 0];
const UNPACKED = 'ValueError: Cannot extract file. Bad file format or file extension?';
const BAD = 'ValueError: Bad archive.';
const lost = (id: string) => `AssertionError: .volumes/fs/tmp/${id}/corrupt.zip does not exist`;
const NO_BROKER = broken('OperationalError: [Errno 111] Connection refused', 'queued');
const NO_SEARCH = broken(
  "ConnectionError: ConnectionError(HTTPConnection(host='127.0.0.1', port=9200): Failed to establish a new connection: [Errno 111] Connection refused) caused by: NewConnectionError(HTTPConnection(host='127.0.0.1', port=9200): Failed to establish a new connection: [Errno 111] Connection refused)",
  'Cleanup',
);
const NO_DATABASE =
  "InvalidDocumentError: Invalid data to create a `Upload` instance.\nField 'queue' - Expecting value: line 1 column 1 (char 0)";
const rename = (name: string): Order => ({ does: 'edit', change: { name } });
const EDIT: Order = { does: 'edit' };

/** 1.3.17. */
export const CELERY: Lives = {
  RSFFHq: [put(1)],
  BiFtaR: [broken(UNPACKED)],
  BWYfD_: [broken(UNPACKED)],
  Ae6owV: [put(1)],
  nHMqYi: [put(1)],
  BAAwkT: [put(2)],
  XCeVea: [put(0)],
  '3VhwVl': [put(0)],
  iTnMio: [put(0)],
  KvpYXC: [put(1)],
  OIk1h5: [put(1, [-1])],
  QD409k: [put(1, [-1])],
  h5LaiW: [put(1, [-1])],
  '-J6f4g': [put(1, [-1])],
  CG16pD: [put(1, [-1])],
  'Mj-TFz': [put(1, [-1])],
  Nto5GP: [put(1, [-1])],
  KlOmWh: [put(1, [-1])],
  GyZ91l: [put(1)],
  X1sGqs: [put(1, [-1])],
  UR76K9: [put(250, [-1])],
  ayVmKY: [
    put(1),
    again(1),
    { does: 'put one file' },
    { does: 'put one file' },
    { does: 'make a folder' },
    rename('again renamed'),
    EDIT,
    EDIT,
    again(2),
    { does: 'publish' },
  ],
  oppyhu: [broken(UNPACKED), again(0), put(1), { does: 'delete' }],
  'UZ-ItC': [put(40, [-1])],
  '9wG_SN': [put(0)],
  zrw1mo: [put(2), { does: 'publish' }],
  WJohmt: [{ ...put(40, [-1]), until: 'waiting' }, { does: 'reset' }],
  '9mPRjQ': [put(1)],
  jyKePZ: [put(40, [-1])],
  CFfEF4: [put(2), { does: 'publish' }],
  p2hdyK: [put(2), rename('editfast renamed')],
  wJL7wH: [put(0), { does: 'make a folder' }],
  x3wSWP: [put(40, [-1])],
  '3ymStv': [{ ...put(250, [-1]), until: 'matched' }, { does: 'reset' }],
  yPPzuV: [NO_SEARCH],
  emrhTh: [NO_SEARCH],
  '0eZsMm': [NO_BROKER],
  '5C26bi': [NO_BROKER],
  BY1uGM: [put(1)],
  OEggAn: [{ ...put(40, [-1]), fails: { after: 'joined', with: NO_DATABASE }, until: 'ending' }],
  nA930g: [
    put(40, [-1]),
    { ...put(41), isQueued: true },
    { ...put(43), isQueued: true },
    { ...rename('queue renamed'), isQueued: true },
  ],
};

/** 1.4.3. */
export const TEMPORAL_1_4: Lives = {
  Bv9G2v: [put(2, BOTH), again(2, BOTH), put(3), EDIT, { does: 'publish' }],
  DJvZty: [broken(BAD), put(2, BOTH), again(2, BOTH)],
  OGGwoI: [broken(lost('OGGwoIAtSjGs6ghFehPEPw7_jau3ki')), again(0)],
  jDt9IU: [put(3, BOTH), again(3, BOTH)],
  NYQcVO: [put(0)],
  DI9ctV: [broken(BAD), EDIT, { does: 'delete' }],
  CdjBdC: [broken(BAD), put(2, BOTH)],
  R6jEIC: [{ ...put(1), until: 'Parsing level 0' }, { does: 'stop' }, again(1)],
  IQ1KQB: [put(120)],
  '83GQxL': [put(1)],
  GREcDX: [put(4)],
  ME8CaN: [put(5, BOTH), again(5, BOTH)],
  '7Vycka': [{ ...put(1), until: 'Parsing level 0' }, { does: 'reset' }],
  Txv0rY: [{ ...put(0), until: 'queued' }, { does: 'stop' }, again(0)],
  GYmOn9: [put(3, BOTH)],
  '-OY9n3': [broken(BAD)],
  jU3Pw8: [put(1)],
  'uVEbK-': [put(2, BOTH)],
  JlAqL_: [put(20)],
};

/** 2.0.0. */
export const TEMPORAL_2_0: Lives = {
  KytyFQ: [],
  T5Z5Ie: [put(2, BOTH)],
  W6FBd9: [broken(lost('W6FBd9LCTHyeMFeOEW9Org_5_y8tst'))],
  zReMjo: [broken(BAD)],
  '9dd27X': [put(3, BOTH)],
  Vyxju6: [put(1)],
  umDkI6: [put(1)],
  R5XVl4: [put(0)],
  h2mTbD: [put(1)],
  qtblgF: [put(2, BOTH)],
  Hrnjlg: [broken(BAD)],
  IaDiXZ: [put(3, BOTH)],
  iR53bs: [put(0)],
  P0Smbl: [put(240, [-1])],
  bLiymM: [{ ...put(1), until: 'Parsing level 0' }, { does: 'stop' }, again(1), EDIT, { does: 'publish' }],
  ZNuwi0: [broken(BAD), rename('L7-cut renamed'), put(2, BOTH), { does: 'delete' }],
  XIyeBG: [{ ...put(1), until: 'Parsing level 0' }, { does: 'stop' }],
  jn2ewn: [put(2, BOTH)],
  W9ZnOQ: [{ ...put(1), until: 'Parsing level 0' }, { does: 'reset' }, { does: 'delete' }],
  pC_E5C: [],
  Dqjf4x: [put(2, BOTH)],
  ReApw4: [put(30)],
  '9dM-va': [put(1)],
  VZQ0tV: [put(2, BOTH)],
  ZLxps8: [broken(BAD), EDIT],
};
