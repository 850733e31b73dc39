import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_KINDS, type Event } from '../../../src/domain/event.ts';
import { spanText } from '../../../src/domain/text/one-line.ts';
import type { TrackedUpload } from '../../../src/domain/upload.ts';
import { standingAdvice } from '../../../src/domain/message/advice.ts';
import { eventSentence } from '../../../src/domain/message/event-text.ts';
import { MINUTE, T0, event, inspected, messageAbout, progressed, watched } from '../../support/builders.ts';

const about = (more: Partial<Event>) => event({ after: null, ...more });
const nomad = (more: Partial<Event>) => event({ upload: null, after: null, time: T0 + 12 * MINUTE, ...more });
const facts = {
  status: 'RUNNING',
  process: 'process_upload',
  message: null,
  errors: ['E'],
  warnings: [],
  entries: 4,
} as const;
const failing = [
  {
    entry_id: 'e1',
    mainfile: 'a/vasprun.xml',
    parser: 'parsers/vasp',
    error: 'parser raised system exit',
    link: 'https://n/e1',
  },
];

const subjects: readonly [Event, string][] = [
  [
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 3, failing } }),
    'batch-42 has 3 failed entries of 7: parser raised system exit',
  ],
  [
    explained({ failed: 2, seen: 2 }, [["KeyError: 'atomtypes'", 2, 2]], []),
    "batch-42 has 2 failed entries of 600: KeyError: 'atomtypes'",
  ],
  [about({ kind: 'upload.empty' }), 'batch-42 is empty: no file matched a parser'],
  [
    about({ kind: 'upload.stuck', details: { since: 0, still_ms: 125 * MINUTE } }),
    'batch-42 is stuck: no change for 2 h 5 min',
  ],
  [about({ kind: 'upload.unstuck' }), 'batch-42 is no longer stuck'],
  [event({ kind: 'upload.errors_changed' }), 'batch-42 has changed errors: parser raised system exit'],
  [
    event({ kind: 'upload.errors_changed', after: { ...facts, errors: ['first', 'second', 'last'] } }),
    'batch-42 has changed errors: last',
  ],
  [about({ kind: 'upload.errors_changed' }), 'batch-42 has changed errors: none left'],
  [about({ kind: 'upload.warnings_changed' }), 'batch-42 has changed warnings'],
  [about({ kind: 'upload.deleted' }), 'batch-42 was deleted'],
  [about({ kind: 'upload.unshared' }), 'batch-42 is no longer shared with you'],
  [about({ kind: 'upload.recovered' }), 'batch-42 recovered'],
  [about({ kind: 'upload.succeeded' }), 'batch-42 succeeded'],
  [about({ kind: 'upload.succeeded', details: { process: 'import_bundle' } }), 'batch-42 was imported'],
  [about({ kind: 'upload.succeeded', details: { process: 'transfer_upload_ownership' } }), 'batch-42 was handed over'],
  [about({ kind: 'upload.succeeded', details: { process: 'publish_upload' } }), 'batch-42 was published again'],
  [about({ kind: 'upload.edited' }), 'batch-42 was edited'],
  [about({ kind: 'upload.stopped' }), 'batch-42 was stopped'],
  [about({ kind: 'upload.created', details: { handed_over: 'to you' } }), 'batch-42 was handed over to you'],
  [about({ kind: 'upload.unshared', details: { handed_over: 'by you' } }), 'batch-42 was handed over to someone else'],
  [
    about({ kind: 'upload.empty', details: { after_failure: true } }),
    'batch-42 is empty: it was processed again, and its files are gone',
  ],
  [about({ kind: 'upload.published' }), 'batch-42 was published'],
  [about({ kind: 'upload.created' }), 'batch-42 is new'],
  [about({ kind: 'upload.started' }), 'batch-42 is being processed'],
  [about({ kind: 'upload.failed' }), 'batch-42 failed: NOMAD gives no reason'],
  [event({ after: { ...facts, errors: ['first', 'second', 'last'] } }), 'batch-42 failed: last'],
  [event({ after: { ...facts, errors: [] }, details: { reason: 'of the run' } }), 'batch-42 failed: of the run'],
  [
    about({ kind: 'upload.failed', details: { process: 'publish_upload', reason: 'E' } }),
    'batch-42 could not be published: E',
  ],
  [
    about({ kind: 'upload.failed', details: { process: 'edit_upload_metadata', reason: 'E' } }),
    'batch-42 could not be edited: E',
  ],
  [event({ after: { ...facts, errors: [], message: 'no space left' } }), 'batch-42 failed: no space left'],
  [about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 1 } }), 'batch-42 has 1 failed entry of 7'],
  [nomad({ kind: 'nomad.unreachable', details: { since: T0 } }), 'NOMAD has been unreachable for 12 min'],
  [about({ kind: 'upload.reset' }), 'batch-42 was reset'],
  [
    nomad({ kind: 'nomad.unreachable', details: { since: T0, problem: 'ECONNREFUSED' } }),
    'NOMAD has been unreachable for 12 min: ECONNREFUSED',
  ],
  [nomad({ kind: 'nomad.reachable', details: { since: T0, problem: 'x' } }), 'NOMAD answers again after 12 min'],
  [
    nomad({ kind: 'nomad.login_refused', details: { since: T0, problem: 'x', what: 'password' } }),
    'NOMAD refuses the login',
  ],
  [
    nomad({ kind: 'nomad.processing_stalled', details: { since: T0, still_ms: 10 * MINUTE, waiting: 3 } }),
    'NOMAD has processed no uploads for 10 min: 3 uploads wait',
  ],
  [
    nomad({ kind: 'nomad.processing_stalled', details: { since: T0, still_ms: 10 * MINUTE, waiting: 1 } }),
    'NOMAD has processed no uploads for 10 min: 1 upload waits',
  ],
  [
    nomad({ kind: 'nomad.processing_resumed', details: { since: T0, still_ms: 25 * MINUTE, waiting: 0 } }),
    'NOMAD is processing uploads again after 25 min',
  ],
  [nomad({ kind: 'nomad.login_restored', details: { since: T0 } }), 'NOMAD accepts the login again'],
  [
    nomad({ kind: 'nomad.token_expiring', details: { expires: T0 + (12 + 6 * 1440) * MINUTE, days: 7 } }),
    'NOMAD_TOKEN expires in 6 days',
  ],
];
for (const [told, subject] of subjects) {
  test(`subject of ${told.kind}: ${subject}`, () => {
    assert.equal(messageAbout([told]).subject, `[NOMAD] ${subject}`);
  });
}

test('news of NOMAD and of uploads stand in one subject', () => {
  const told = [event(), nomad({ kind: 'nomad.reachable', details: { since: T0, problem: 'x' } })];
  assert.equal(
    messageAbout(told).subject,
    '[NOMAD] NOMAD answers again after 12 min; batch-42 failed: parser raised system exit',
  );
});

test('each kind that asks something of somebody says what to do; a stuck upload, what to tell the administrator', () => {
  const silent = EVENT_KINDS.filter((kind) => messageAbout([event({ kind })]).items[0]?.advice === null);
  assert.deepEqual(silent, [
    'monitor.baseline',
    'upload.created',
    'upload.started',
    'upload.succeeded',
    'upload.recovered',
    'upload.errors_changed',
    'upload.warnings_changed',
    'upload.unstuck',
    'upload.edited',
    'upload.published',
    'nomad.reachable',
    'nomad.processing_resumed',
    'nomad.login_restored',
  ]);
});

/** What NOMAD up to 1.3 (Celery) and from 1.4 on (Temporal) shows of an upload that a worker has. */
const celery = { ...facts, message: 'Parsing level 0' } as const;
const temporal = { ...celery, status: 'PENDING' } as const;
const RESET = /administrator .*:\nnomad admin uploads reset -- u1\nnomad admin uploads process -- u1$/;

/** What is asked of whom, in words that must be there. */
const advice: readonly (readonly [Partial<Event> & Pick<Event, 'kind'>, RegExp])[] = [
  [{ kind: 'upload.failed' }, /fix or remove it, and process the upload again/],
  [{ kind: 'upload.entries_failed' }, /these entries cannot be used/],
  [{ kind: 'upload.empty' }, /names and formats/],
  [{ kind: 'upload.failed', details: { process: 'publish_upload' } }, /it is not published\. Publish it again later/],
  [{ kind: 'upload.failed', details: { process: 'import_bundle' } }, /Import it again later/],
  [{ kind: 'upload.failed', details: { process: 'edit_upload_metadata' } }, /Its files are unchanged\. Try again/],
  [{ kind: 'upload.failed', details: { process: 'transfer_upload_ownership' } }, /Its files are unchanged/],
  [{ kind: 'upload.failed', details: { process: 'unheard_of' } }, /If the error names a file, fix or remove it/],
  [{ kind: 'upload.empty', details: { after_failure: true } }, /Upload the files again/],
  [{ kind: 'upload.stuck', after: celery }, RESET],
  [{ kind: 'upload.stuck', after: temporal }, /press "Stop processing" .* must not reset it/],
  [{ kind: 'upload.stuck' }, /Contact an administrator .* "Stop processing"/],
  [{ kind: 'upload.reset' }, /administrator of NOMAD reset it/],
  [{ kind: 'upload.stopped' }, /authors stopped the processing/],
  [{ kind: 'nomad.processing_stalled', upload: null }, /You need not do anything about your uploads/],
  [{ kind: 'upload.deleted' }, /ask its authors/],
  [{ kind: 'upload.unshared' }, /ask its main author/],
  [{ kind: 'nomad.unreachable' }, /notified of what happened in the meantime/],
  [{ kind: 'nomad.login_refused', details: { what: 'token' } }, /set NOMAD_TOKEN/],
  [{ kind: 'nomad.login_refused', details: { what: 'password' } }, /set NOMAD_USERNAME and NOMAD_PASSWORD/],
  [{ kind: 'nomad.token_expiring', details: { expires: T0, days: 1 } }, /Create a new one, set NOMAD_TOKEN/],
];
for (const [more, said] of advice) {
  test(`what to do about ${more.kind} ${JSON.stringify(more.details ?? {})}`, () => {
    assert.match(messageAbout([event(more)]).items[0]?.advice ?? '', said);
  });
}

test('in a command that is to be copied nothing comes from outside', () => {
  const upload = { id: 'u1\nrm -rf /\u202e', name: 'a', link: '', author: 'ada', role: null };
  const [item] = messageAbout([event({ kind: 'upload.stuck', upload, after: celery })]).items;
  assert.equal(item?.advice?.split('\n').length, 3);
});

const failure = { process: 'publish_upload', reason: 'E', since: T0 };
/** The upload as it is (null: it is gone), and what befell it, newest first. */
const situations: readonly (readonly [string, TrackedUpload | null, readonly Partial<Event>[], RegExp | null])[] = [
  ['failed before it was watched', watched({ status: 'FAILURE' }), [], /If the error names a file, fix or remove it/],
  ['not published, and edited since', watched({ process: 'edit_metadata' }, { failure }), [], /Publish it again later/],
  [
    'stuck with Celery',
    watched({ status: 'RUNNING' }, { progress: progressed({ stuck: true }) }),
    [{ kind: 'upload.stuck' }],
    RESET,
  ],
  [
    'stuck with Temporal',
    watched({ status: 'PENDING', message: 'Matching' }, { progress: progressed({ stuck: true }) }),
    [{ kind: 'upload.stuck' }],
    /press "Stop processing"/,
  ],
  ['with failed entries', watched({}, { inspection: inspected({ failed: 1 }) }), [], /these entries cannot be used/],
  ['empty', watched({ entries: 0 }), [{ kind: 'upload.empty' }], /NOMAD recognised no file/],
  [
    'empty after a failure',
    watched({ entries: 0 }),
    [{ kind: 'upload.created' }, { kind: 'upload.empty', details: { after_failure: true } }],
    /Upload the files again/,
  ],
  ['reset', watched({ status: 'READY' }), [{ kind: 'upload.reset' }], /Process it again if needed/],
  ['stopped', watched({ status: 'READY' }), [{ kind: 'upload.stopped' }], /authors stopped the processing/],
  ['fine again', watched(), [{ kind: 'upload.recovered' }, { kind: 'upload.failed' }], null],
  ['published after it was reset', watched({ published: true }), [{ kind: 'upload.reset' }], null],
  ['at work again', watched({ status: 'RUNNING' }), [{ kind: 'upload.started' }, { kind: 'upload.reset' }], null],
  ['fine, with nothing known of it', watched(), [], null],
  ['gone', null, [{ kind: 'upload.deleted' }, { kind: 'upload.failed' }], /no longer exists/],
  ['not ours any more', null, [{ kind: 'upload.unshared' }], /ask its main author/],
  ['unknown', null, [], null],
];
for (const [what, upload, befell, said] of situations) {
  test(`what to do about an upload that is ${what}: ${said === null ? 'nothing' : said.source}`, () => {
    const told = standingAdvice(
      'u1',
      upload,
      befell.map((each) => event(each)),
    );
    if (said === null) assert.equal(told, null);
    else assert.match(told ?? '', said);
  });
}

const sentences: readonly (readonly [Event, string])[] = [
  [event(), 'batch-42 failed'],
  [event({ details: { again: true } }), 'batch-42 failed again'],
  [event({ details: { again: true, unclear: true } }), 'batch-42 failed again, or got a new folder'],
  [
    event({ kind: 'upload.entries_failed', details: { failed: 2, entries: 12 } }),
    'batch-42 has 2 failed entries of 12',
  ],
  [nomad({ kind: 'monitor.baseline', details: { uploads: 9, failed: 1 } }), 'Now watching 9 uploads: 1 failed'],
  [nomad({ kind: 'monitor.baseline', details: { uploads: 1, failed: 0 } }), 'Now watching 1 upload'],
  [
    nomad({ kind: 'nomad.unreachable', details: { since: T0 - MINUTE, problem: 'a\nb' } }),
    'NOMAD has been unreachable for 13 min: a b',
  ],
];
for (const [told, sentence] of sentences) {
  test(`in one sentence: ${sentence}`, () => {
    assert.equal(eventSentence(told), sentence);
  });
}

const texts = (told: Event) => messageAbout([told]).items[0]?.lines.map(({ text }) => text);
const entryOf = (mainfile: string, reason: string | null) => {
  return { entry_id: mainfile, mainfile, parser: 'vasp', error: 'E', reason, link: 'https://n/e' };
};
/** Groups: reason, entries, how many were read, what was logged before. */
function explained(
  details: { readonly failed: number; readonly seen: number },
  groups: readonly (readonly [string, number, number, string?])[],
  named: readonly ReturnType<typeof entryOf>[],
): Event {
  const reasons = groups.map(([reason, entries, checked, before = null]) => {
    return { parser: 'vasp', error: 'E', reason, before, entries, checked };
  });
  return about({ kind: 'upload.entries_failed', details: { entries: 600, ...details, failing: named, reasons } });
}
const six = ['a', 'b', 'c', 'd', 'e', 'f'];
const linesTold: readonly (readonly [string, Event, readonly string[]])[] = [
  [
    'the baseline in numbers',
    nomad({ kind: 'monitor.baseline', details: { uploads: 9, failed: 1, succeeded: 5, processing: 3, published: 2 } }),
    ['Succeeded: 5, being processed: 3, published: 2'],
  ],
  ['the errors of a failure', event({ after: { ...facts, errors: ['a', 'b\nc'] } }), ['a', 'b c']],
  [
    'of many errors the newest five, in their order',
    event({ after: { ...facts, errors: six } }),
    ['b', 'c', 'd', 'e', 'f', '… and 1 more'],
  ],
  ['five errors are all', event({ after: { ...facts, errors: six.slice(1) } }), ['b', 'c', 'd', 'e', 'f']],
  ['a failure without a reason', event({ after: { ...facts, errors: [] } }), ['NOMAD gives no reason.']],
  ['a failure of which nothing is known', about({ kind: 'upload.failed' }), ['NOMAD gives no reason.']],
  [
    'errors of a run that failed while the next one is queued already, without them',
    event({ after: { ...facts, errors: ['a'] }, details: { reason: 'b' } }),
    ['a', 'b'],
  ],
  [
    'a reason that is one of the errors, once',
    event({ after: { ...facts, errors: ['b', 'a'] }, details: { reason: 'b' } }),
    ['b', 'a'],
  ],
  [
    'how many wait for a worker',
    nomad({ kind: 'nomad.processing_stalled', details: { waiting: 3 } }),
    [
      'Uploads waiting for a worker: 3',
      'No worker has picked up any of them, and no other upload of this account has made progress.',
    ],
  ],
  ['errors that changed', event({ kind: 'upload.errors_changed' }), ['parser raised system exit']],
  ['errors that are gone', about({ kind: 'upload.errors_changed' }), ['No errors are left.']],
  ['warnings', event({ kind: 'upload.warnings_changed', after: { ...facts, warnings: ['w'] } }), ['w']],
  ['warnings that are gone', about({ kind: 'upload.warnings_changed' }), ['No warnings are left.']],
  ['what a success left', event({ kind: 'upload.succeeded', after: facts }), ['4 entries']],
  ['what a recovery left', event({ kind: 'upload.recovered', after: { ...facts, entries: 1 } }), ['1 entry']],
  [
    'failed entries that are not named',
    about({ kind: 'upload.entries_failed', details: { failed: 3 } }),
    ['… and 3 more'],
  ],
  [
    'a failure of which NOMAD shows only a new time',
    about({ kind: 'upload.failed', details: { reason: 'E', unclear: true }, after: { ...facts, errors: ['E'] } }),
    [
      'E',
      'NOMAD shows only a new end time: either it was processed again with the same result, or a folder was created in it.',
    ],
  ],
  [
    'all failed entries named',
    about({ kind: 'upload.entries_failed', details: { failed: 1, failing } }),
    ['a/vasprun.xml (parsers/vasp): parser raised system exit'],
  ],
  [
    'failed entries of one reason, all seen and all read',
    explained({ failed: 2, seen: 2 }, [['K', 2, 2]], [entryOf('a', 'K'), entryOf('b', 'K')]),
    ['2 of 2 failed entries (vasp): K', 'a', 'b'],
  ],
  [
    'failed entries of one reason, of which some were read',
    explained(
      { failed: 20, seen: 20 },
      [
        ['K', 14, 2, 'B'],
        ['L', 6, 1],
      ],
      [entryOf('a', 'K'), entryOf('c', 'L'), entryOf('b', 'K')],
    ),
    [
      '14 of 20 failed entries (vasp): K (read in the logs of 2 of them); before it: B',
      'a',
      'b',
      '6 of 20 failed entries (vasp): L (read in the logs of 1 of them)',
      'c',
      '… and 17 more',
    ],
  ],
  [
    'failed entries of which not all were seen',
    explained({ failed: 500, seen: 50 }, [['K', 50, 5]], [entryOf('a', 'K')]),
    ['at least 50 of 500 failed entries (vasp): K (read in the logs of 5 of them)', 'a', '… and 499 more'],
  ],
  [
    'failed entries of different reasons',
    explained(
      { failed: 2, seen: 2 },
      [
        ['K', 1, 1, 'B'],
        ['L', 1, 1],
      ],
      [entryOf('a', 'K'), entryOf('b', 'L')],
    ),
    ['a (vasp): K; before it: B', 'b (vasp): L'],
  ],
  [
    'failed entries of which the log of one could be read',
    explained({ failed: 2, seen: 2 }, [['K', 2, 1]], [entryOf('a', 'K'), entryOf('b', null)]),
    ['2 of 2 failed entries (vasp): K (read in the logs of 1 of them)', 'a', 'b'],
  ],
  [
    'a failed entry without a reason',
    about({ kind: 'upload.entries_failed', details: { failed: 1, failing: [{ ...failing[0], error: null }] } }),
    ['a/vasprun.xml (parsers/vasp): NOMAD gives no reason'],
  ],
  [
    'what a stuck upload was doing',
    event({ kind: 'upload.stuck', after: { ...facts, message: 'Parsing' }, details: { still_ms: 125 * MINUTE } }),
    [
      'No change for 2 h 5 min:',
      'RUNNING process_upload',
      'Parsing',
      "NOMAD's own time limit for this is 1 h, unless its administrators changed it: it waits behind others, or its worker is lost and nothing will end it.",
    ],
  ],
  [
    'what a stuck upload was doing, with Temporal',
    event({
      kind: 'upload.stuck',
      after: { ...facts, status: 'PENDING', message: 'Cleanup' },
      details: { still_ms: MINUTE },
    }),
    [
      'No change for 1 min:',
      'PENDING process_upload',
      'Cleanup',
      "NOMAD's own time limit for this is 1 h, unless its administrators changed it: it may still end by itself.",
    ],
  ],
  [
    'a stuck upload whose entries Temporal would have ended by now',
    event({
      kind: 'upload.stuck',
      after: { ...facts, status: 'PENDING', message: 'Parsing level 0' },
      details: { still_ms: 600 * MINUTE },
    }),
    [
      'No change for 10 h:',
      'PENDING process_upload',
      'Parsing level 0',
      "NOMAD's own time limit for this is 10 h, unless its administrators changed it: its workers are down, or Temporal has lost it.",
    ],
  ],
  [
    'one that no worker has taken: nothing of NOMAD ends that, and a new worker frees it',
    event({
      kind: 'upload.stuck',
      after: { ...facts, status: 'PENDING', message: null },
      details: { still_ms: 125 * MINUTE },
    }),
    [
      'No change for 2 h 5 min:',
      'PENDING process_upload',
      'It waits for a worker, and NOMAD has no time limit for that.',
    ],
  ],
  [
    'a stuck upload that says nothing',
    event({ kind: 'upload.stuck', after: { ...facts, process: null }, details: { still_ms: MINUTE } }),
    [
      'No change for 1 min:',
      'RUNNING',
      "NOMAD's own time limit for this is 1 h, unless its administrators changed it: it may still end by itself.",
    ],
  ],
  ['an unreachable NOMAD', nomad({ kind: 'nomad.unreachable', details: { since: T0, problem: 'a\nb' } }), ['a b']],
  ['a refused login', nomad({ kind: 'nomad.login_refused', details: { since: T0, problem: 'no' } }), ['no']],
  ['nothing more of a new upload', event({ kind: 'upload.created' }), []],
];
for (const [what, told, expected] of linesTold) {
  test(`told line by line: ${what}`, () => {
    assert.deepEqual(texts(told), expected);
  });
}

test('failed entries are named with file, parser and error; the rest is counted', () => {
  const [item] = messageAbout([
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 3, failing } }),
  ]).items;
  assert.deepEqual(item?.lines, [
    { text: 'a/vasprun.xml (parsers/vasp): parser raised system exit', link: 'https://n/e1' },
    { text: '… and 2 more', link: null },
  ]);
  const hostile = [{ ...failing[0], link: 'javascript:alert(1)' }];
  const [other] = messageAbout([
    about({ kind: 'upload.entries_failed', details: { entries: 7, failed: 1, failing: hostile } }),
  ]).items;
  assert.equal(other?.lines[0]?.link, null);
});

const spans: readonly [number, string][] = [
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 day'],
  [93_600_000, '1 day 2 h'],
  [93_900_000, '1 day 2 h'],
  [86_700_000, '1 day 5 min'],
  [-5, '0 s'],
];
for (const [milliseconds, text] of spans) {
  test(`${milliseconds} ms is ${text}`, () => {
    assert.equal(spanText(milliseconds), text);
  });
}
