// The versions of NOMAD that the cases run against, and each way in which one answers otherwise than another. docs/nomad.md says what of
// it matters to the program; a fact here is what the cases expect, so one that is not so turns them red.

export type Version = keyof typeof GENERATIONS;

export interface Facts {
  /** What carries out the processing. */
  readonly worker: 'celery' | 'temporal';
  /** Whose kept answers (test/fixtures/nomad) are its own; null: nobody's. */
  readonly kept: 1 | 2 | null;
  /** What a login without `grant_type` is answered. */
  readonly loginWithoutGrant: 200 | 422;
  /** What an app token is answered when it asks for a new one: 403 is no scope, 500 a mistake of NOMAD's. */
  readonly renewal: 200 | 403 | 500;
  /** Personal access tokens. */
  readonly pats: boolean;
  /** What no token is told. */
  readonly noToken: 'Authorization required.' | 'Authentication required.';
  /** A token that looks like a personal access token, and is none, is as no token. */
  readonly deadPatIsNone: boolean;
  /** What a JWT that is none is answered. */
  readonly rubbishJwt: 401 | 500;
  /** An upload that is not shared with us. */
  readonly noAccess: 401 | 403;
  /** What people whom NOMAD has not looked up yet are told while the directory fails. */
  readonly directoryDown: RegExp;
  /** `process_status` and `is_owned` as filters, and as an order. */
  readonly filters: boolean;
  readonly orderByStatus: boolean;
  /** What the process of an edit is called, without the underscore. */
  readonly edit: 'edit_upload_metadata' | 'edit_metadata';
  /** Whether a good end sets `complete_time`. A failure does in all. */
  readonly goodEndHasTime: boolean;
  /** A second order while the first is at work: it waits, or is refused, or the worker that takes it fails the upload. */
  readonly second: 'waits' | 'refused' | 'taken';
  /** When the errors and the process of the run before are replaced: by the order, or by the worker that takes it. */
  readonly errorsGo: 'ordered' | 'taken';
  readonly processComes: 'ordered' | 'taken';
  /** The reason of a failure is the last line of a traceback, with paths of the server. */
  readonly tracebacks: boolean;
  /** What becomes of an upload that is imported from its own bundle. empty: the bundle is, in our surroundings. */
  readonly bundles: 'good' | 'fails' | 'empty';
  /** A transfer of ownership that the new owner accepts. */
  readonly transfers: boolean;
  /** Files can be added without processing them. */
  readonly addsWithoutProcessing: boolean;
}

const CELERY: Facts = {
  worker: 'celery',
  kept: 1,
  loginWithoutGrant: 200,
  renewal: 200,
  pats: false,
  noToken: 'Authorization required.',
  deadPatIsNone: false,
  rubbishJwt: 401,
  noAccess: 401,
  directoryDown: /unknown user/,
  filters: false,
  orderByStatus: false,
  edit: 'edit_upload_metadata',
  goodEndHasTime: true,
  second: 'waits',
  errorsGo: 'taken',
  processComes: 'ordered',
  tracebacks: false,
  bundles: 'good',
  transfers: false,
  addsWithoutProcessing: false,
};
const TEMPORAL: Facts = {
  worker: 'temporal',
  kept: 2,
  loginWithoutGrant: 422,
  renewal: 403,
  pats: true,
  noToken: 'Authentication required.',
  deadPatIsNone: true,
  rubbishJwt: 401,
  noAccess: 403,
  directoryDown: /500 "Failed to verify authenticated user"/,
  filters: true,
  orderByStatus: true,
  edit: 'edit_metadata',
  goodEndHasTime: true,
  second: 'refused',
  errorsGo: 'ordered',
  processComes: 'ordered',
  tracebacks: true,
  bundles: 'empty',
  transfers: true,
  addsWithoutProcessing: true,
};
const TEMPORAL_1: Facts = { ...TEMPORAL, goodEndHasTime: false, bundles: 'fails' };
const BEFORE_1_4_3: Facts = {
  ...TEMPORAL_1,
  kept: null,
  directoryDown: /unknown user/,
  filters: false,
  edit: 'edit_upload_metadata',
  second: 'taken',
  errorsGo: 'taken',
  processComes: 'taken',
  transfers: false,
};
const BEFORE_1_4_2: Facts = {
  ...BEFORE_1_4_3,
  pats: false,
  deadPatIsNone: false,
  tracebacks: false,
  bundles: 'good',
  addsWithoutProcessing: false,
};

export const GENERATIONS = {
  '1.3.17': CELERY,
  '1.4.0': {
    ...BEFORE_1_4_2,
    loginWithoutGrant: 200,
    renewal: 200,
    noToken: 'Authorization required.',
  },
  '1.4.1': { ...BEFORE_1_4_2, renewal: 500, rubbishJwt: 500 },
  '1.4.2': BEFORE_1_4_3,
  '1.4.3': TEMPORAL_1,
  '2.0.0': TEMPORAL,
} as const satisfies Readonly<Record<string, Facts>>;

export function isVersion(text: string): text is Version {
  return text in GENERATIONS;
}
