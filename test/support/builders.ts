// Domain values for tests: complete, with only what matters to a test given.
import type { Event } from '../../src/domain/event.ts';
import { uploadFailureOf } from '../../src/domain/failure.ts';
import { type Message, messageOf } from '../../src/domain/message/message.ts';
import type { Reader } from '../../src/domain/message/reader.ts';
import type { Delivery } from '../../src/domain/notify/hold.ts';
import type { DiffInput } from '../../src/domain/diff/transition.ts';
import type {
  Entries,
  Inspection,
  Listing,
  Progress,
  Snapshot,
  Upload,
  TrackedUpload,
} from '../../src/domain/upload.ts';

/** 2026-11-20T10:00:00Z */
export const T0 = Date.UTC(2026, 10, 20, 10);
export const MINUTE = 60_000;

export function upload(more: Partial<Upload> = {}): Upload {
  return {
    id: 'u1',
    name: 'batch-42',
    status: 'SUCCESS',
    process: 'process_upload',
    message: null,
    errors: [],
    warnings: [],
    createTime: T0 - 60 * MINUTE,
    completeTime: T0 - 30 * MINUTE,
    published: false,
    publishTime: null,
    mainAuthor: 'ada',
    coauthors: [],
    reviewers: [],
    groupRole: null,
    entries: 3,
    ...more,
  };
}

export function watched(
  more: Partial<Upload> = {},
  memory: Partial<Omit<TrackedUpload, 'upload'>> = {},
): TrackedUpload {
  return {
    upload: upload(more),
    lastResult: 'succeeded',
    failure: more.status === 'FAILURE' ? uploadFailureOf(upload(more)) : null,
    statusSince: T0,
    activeSince: null,
    oldMessage: null,
    changedAt: null,
    absence: null,
    progress: null,
    inspection: null,
    ...memory,
  };
}

/** What is known of its entries; nothing is left to ask. */
export function inspected(more: Partial<Inspection> = {}): Inspection {
  return { run: 'run 1', why: 'end', askAt: null, tries: 1, failed: 0, newestEnd: null, told: '', ...more };
}

/** It has done the same thing since T0. */
export function progressed(more: Partial<Progress> = {}): Progress {
  return { signature: '', since: T0, stuck: false, told: more.stuck ?? false, counts: null, ...more };
}

/** NOMAD's answer for the entries of an upload that ended well: none failed. */
export function entries(more: Partial<Entries> = {}): Entries {
  const { completeTime } = upload();
  return {
    total: 3,
    successful: 3,
    failed: 0,
    failing: [],
    messages: [],
    oldestEnd: null,
    newestEnd: null,
    status: 'SUCCESS',
    completeTime,
    ...more,
  };
}

export function snapshot(uploads: readonly TrackedUpload[], more: Partial<Snapshot> = {}): Snapshot {
  return { sequence: 7, takenAt: T0, uploads: new Map(uploads.map((each) => [each.upload.id, each])), ...more };
}

export function listing(uploads: readonly Upload[], more: Partial<Listing> = {}): Listing {
  return { takenAt: T0 + MINUTE, uploads, malformed: [], ...more };
}

export function event(more: Partial<Event> = {}): Event {
  const facts = {
    status: 'FAILURE',
    process: 'process_upload',
    message: null,
    errors: ['parser raised system exit'],
    warnings: [],
    entries: 0,
  } as const;
  return {
    id: 'e1',
    kind: 'upload.failed',
    time: T0,
    upload: {
      id: 'u1',
      name: 'batch-42',
      link: 'https://nomad.example/gui/user/uploads/upload/id/u1',
      author: 'ada',
      role: 'main_author',
    },
    before: null,
    after: facts,
    details: {},
    ...more,
  };
}

export function delivery(more: Partial<Delivery> = {}): Delivery {
  return {
    id: 'd1',
    channel: 'mail',
    recipient: 'ada@lab.example',
    content: { kind: 'events', events: [event()] },
    ...more,
  };
}

/** What a comparison is given; nothing before, nothing listed, nothing asked. */
export function diffInput(more: Partial<DiffInput> = {}): DiffInput {
  return {
    before: null,
    listing: listing([]),
    verdicts: new Map(),
    entries: new Map(),
    stall: null,
    names: new Map(),
    userId: 'ada',
    stuckAfter: 120 * MINUTE,
    gui: 'https://n/gui',
    now: T0 + MINUTE,
    ...more,
  };
}

/** The message of these events. */
export function messageAbout(events: readonly Event[]): Message {
  return messageOf({ kind: 'events', events });
}

/** Who reads a message; nothing is known to them but what it says. */
export function reader(more: Partial<Reader> = {}): Reader {
  return {
    timeZone: 'UTC',
    why: ['You get this because of a test.'],
    page: null,
    alsoBroken: null,
    nomad: 'https://nomad.example/prod/v1/api/v1',
    ...more,
  };
}

/** The events of a delivery that says some. */
export function eventsIn({ content }: Pick<Delivery, 'content'>): readonly Event[] {
  return content.kind === 'events' ? content.events : [];
}
