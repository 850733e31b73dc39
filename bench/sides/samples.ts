// Events as a poll finds them, by the thousand.
import type { Event } from '../../src/domain/event.ts';
import type { TrackedUpload } from '../../src/domain/upload.ts';

const ERRORS = ['FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml'];

export function eventOf(index: number, time: number): Event {
  const facts = { process: 'process_upload', message: null, warnings: [], entries: 0 };
  return {
    id: `event-${index}`,
    kind: 'upload.failed',
    time,
    upload: {
      id: `upload-${index}`,
      name: `sample ${index}`,
      link: 'https://nomad.example/prod/v1/gui/user/uploads/upload/id/x',
      author: 'Ada Lovelace',
      role: 'main_author',
    },
    before: null,
    after: { ...facts, status: 'FAILURE', errors: ERRORS },
    details: {},
  };
}

export function watchedOf(index: number, time: number): TrackedUpload {
  return {
    upload: {
      id: `upload-${index}`,
      name: `sample ${index}`,
      status: 'FAILURE',
      process: 'process_upload',
      message: null,
      errors: ERRORS,
      warnings: [],
      createTime: time,
      completeTime: time,
      published: false,
      publishTime: null,
      mainAuthor: 'ada',
      coauthors: [],
      reviewers: [],
      groupRole: null,
      entries: 0,
    },
    lastResult: 'failed',
    failure: { process: 'process_upload', reason: ERRORS[0] ?? null, since: time },
    statusSince: time,
    activeSince: null,
    oldMessage: null,
    changedAt: time,
    absence: null,
    progress: null,
    inspection: null,
  };
}

export function recipientOf(index: number): string {
  return `user${index}@lab.example`;
}
