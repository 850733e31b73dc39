// What to do about what befell an upload, or NOMAD. Pure; no markup.
import type { Event, EventKind } from '../event.ts';
import { type Condition, conditionsOf } from '../report/conditions.ts';
import { type Engine, type Work, engineOf, workOf } from '../process/names.ts';
import { oneLine } from '../text/one-line.ts';
import { type TrackedUpload, phaseOf } from '../upload.ts';
import { type Wording, nomadsAdvice, nomadsCause, ownCause } from './causes.ts';
import { fullReason, processOf } from './event-text.ts';

/** What an upload's advice depends on, beside what befell it. */
export interface UploadSituation {
  readonly kind: EventKind;
  readonly uploadId: string;
  /** Of the run that it is about. */
  readonly process: string | null;
  /** Why it failed, or most of its entries, in NOMAD's words; null: not known. */
  readonly reason: string | null;
  /** null: nothing that was seen shows which. */
  readonly engine: Engine | null;
  /** No worker has it. */
  readonly isQueued: boolean;
  /** It has no entries after it was processed again. */
  readonly afterFailure: boolean;
}

/** What to do about what befell an upload; a line after the first is a command to copy. */
export function uploadAdvice(situation: UploadSituation): string | null {
  return wordsFor(situation)?.one ?? null;
}

/** About several uploads that the same befell, as with one of them: `situation`. Without commands: they would name one of them only. */
export function uploadsAdvice(situation: UploadSituation): string | null {
  return wordsFor(situation)?.many ?? null;
}

function wordsFor(situation: UploadSituation): Wording | null {
  const { kind, process, reason, afterFailure } = situation;
  switch (kind) {
    case 'upload.failed':
      return failedAdvice(workOf(process), reason);
    case 'upload.entries_failed':
      return entriesAdvice(reason);
    case 'upload.empty':
      return afterFailure ? EMPTIED : NOTHING_RECOGNISED;
    case 'upload.stuck':
      return stuckAdvice(situation);
    default:
      return SIMPLE[kind] ?? null;
  }
}

const SIMPLE: Readonly<Partial<Record<EventKind, Wording>>> = {
  'upload.reset': {
    one: 'An administrator of NOMAD reset it; it is not being processed now. Process it again if needed.',
    many: 'An administrator of NOMAD reset them; they are not being processed now. Process them again if needed.',
  },
  'upload.stopped': {
    one: 'One of its authors stopped the processing. Process it again if needed.',
    many: 'Their authors stopped the processing. Process them again if needed.',
  },
  'upload.deleted': {
    one: 'NOMAD says that this upload no longer exists. If you did not delete it, ask its authors.',
    many: 'NOMAD says that these uploads no longer exist. If you did not delete them, ask their authors.',
  },
  'upload.unshared': {
    one: 'NOMAD says that you no longer have access to it. If that is a mistake, ask its main author.',
    many: 'NOMAD says that you no longer have access to them. If that is a mistake, ask their main authors.',
  },
};

const EMPTIED: Wording = {
  one: 'It was processed again after it had failed or was stopped, and NOMAD found nothing in it. Upload the files again.',
  many: 'They were processed again after they had failed or were stopped, and NOMAD found nothing in them. Upload the files again.',
};
const NOTHING_RECOGNISED: Wording = {
  one: 'NOMAD recognised no file in it. Check the names and formats of the files, or add a main file that a parser knows.',
  many: 'NOMAD recognised no file in them. Check the names and formats of the files, or add main files that a parser knows.',
};
const CAUSE_UNKNOWN: Wording = {
  one: 'If the error names a file, fix or remove it, and process the upload again. If it names none, process the upload again; if it fails in the same way, contact the administrators of NOMAD.',
  many: 'If the error names a file, fix or remove it in each, and process the uploads again. If it names none, process them again; if they fail in the same way, contact the administrators of NOMAD.',
};
const UNREADABLE: Wording = {
  one: 'The upload itself counts as a success, but these entries cannot be used: their parser could not read the files. Fix the files and process the upload again. If a file is complete and other programs can read it, the parser may be at fault: report it to NOMAD with the reason given here.',
  many: 'The uploads themselves count as a success, but these entries cannot be used: their parser could not read the files. Fix the files and process the uploads again. If a file is complete and other programs can read it, the parser may be at fault: report it to NOMAD with the reason given here.',
};

function failedAdvice(work: Work, reason: string | null): Wording {
  const nomads = nomadsCause(reason);
  if (work === 'processing') return nomads === null ? (ownCause(reason) ?? CAUSE_UNKNOWN) : nomadsAdvice(nomads);
  const what = nomads === null ? '' : `${nomads.what}. `;
  const admin = nomads === null ? '' : ` For administrators: ${nomads.admin}.`;
  const { one, many } = OTHER_WORK[work];
  return { one: `${what}${one}${admin}`, many: `${what}${many}${admin}` };
}

const UNCHANGED: Wording = {
  one: 'Its files are unchanged. Try again later; if that fails too, contact the administrators of NOMAD.',
  many: 'Their files are unchanged. Try again later; if that fails too, contact the administrators of NOMAD.',
};
const OTHER_WORK: Readonly<Record<Exclude<Work, 'processing'>, Wording>> = {
  publish: {
    one: 'Its files are unchanged, and it is not published. Publish it again later; if that fails too, contact the administrators of NOMAD.',
    many: 'Their files are unchanged, and they are not published. Publish them again later; if that fails too, contact the administrators of NOMAD.',
  },
  import: {
    one: 'Import it again later; if that fails too, contact the administrators of NOMAD.',
    many: 'Import them again later; if that fails too, contact the administrators of NOMAD.',
  },
  edit: UNCHANGED,
  transfer: UNCHANGED,
  delete: UNCHANGED,
};

function entriesAdvice(reason: string | null): Wording {
  const nomads = nomadsCause(reason);
  if (nomads === null) return UNREADABLE;
  const { one, many } = nomadsAdvice(nomads);
  return {
    one: `The upload itself counts as a success, but these entries cannot be used. ${one}`,
    many: `The uploads themselves count as a success, but these entries cannot be used. ${many}`,
  };
}

/** With Temporal (NOMAD 1.4 and later) an administrator's reset leaves the upload locked: every later process is refused. */
function stuckAdvice({ engine, uploadId, isQueued }: UploadSituation): Wording {
  const id = oneLine(uploadId, 60);
  const commands = `\nnomad admin uploads reset -- ${id}\nnomad admin uploads process -- ${id}`;
  const worker =
    'Contact an administrator of NOMAD: a worker must be running, and one that takes nothing must be restarted.';
  if (isQueued && engine === 'temporal') {
    return {
      one: `No worker of NOMAD has taken it. ${worker} If other uploads are processed meanwhile, press "Stop processing" in NOMAD, then process it again. It must not be reset: this NOMAD then permanently refuses to process it.`,
      many: `No worker of NOMAD has taken them. ${worker} If other uploads are processed meanwhile, press "Stop processing" in NOMAD, then process them again. They must not be reset: this NOMAD then permanently refuses to process them.`,
    };
  }
  if (engine === 'temporal') {
    return {
      one: 'One of its authors can end it: press "Stop processing" in NOMAD, then process it again. An administrator must not reset it: this NOMAD then permanently refuses to process it.',
      many: 'Their authors can end them: press "Stop processing" in NOMAD, then process them again. An administrator must not reset them: this NOMAD then permanently refuses to process them.',
    };
  }
  if (engine === null) {
    return {
      one: 'Contact an administrator of NOMAD. If NOMAD shows a button "Stop processing", its authors can end it themselves.',
      many: 'Contact an administrator of NOMAD. If NOMAD shows a button "Stop processing", their authors can end them themselves.',
    };
  }
  const forgotten =
    'What was requested meanwhile, such as a file that was added, is forgotten by the reset and must be requested again.';
  const many =
    'Only an administrator of NOMAD can end them, with "nomad admin uploads reset", then "nomad admin uploads process".';
  if (isQueued) {
    return {
      one: `No worker of NOMAD has taken it. ${worker} If other uploads are processed meanwhile, only a reset ends it. ${forgotten} An administrator runs, in this order:${commands}`,
      many: `No worker of NOMAD has taken them. ${worker}`,
    };
  }
  return {
    one: `Only an administrator of NOMAD can end it. ${forgotten} Ask them to run, in this order:${commands}`,
    many: `${many} ${forgotten}`,
  };
}

/** What to do; a line after the first is a command to copy. */
export function adviceOf(event: Event): string | null {
  switch (event.kind) {
    case 'nomad.unreachable':
      return 'Your uploads cannot be watched until it answers again. Then you will be notified of what happened in the meantime.';
    case 'nomad.processing_stalled':
      return 'A worker of NOMAD may be down, or busy with the uploads of others. You need not do anything about your uploads. If this continues, contact the administrators of NOMAD.';
    case 'nomad.login_refused':
      return event.details['what'] === 'token'
        ? 'Your uploads cannot be watched until this is fixed: create a new token in NOMAD, set NOMAD_TOKEN and restart the monitor.'
        : 'Your uploads cannot be watched until this is fixed: set NOMAD_USERNAME and NOMAD_PASSWORD and restart the monitor. If they are right, the account may be locked: NOMAD then gives the same answer, and its operators can unlock it.';
    case 'nomad.token_expiring':
      return 'This token cannot renew itself. Create a new one, set NOMAD_TOKEN and restart the monitor.';
    default:
      return uploadAdvice(situationOf(event));
  }
}

/** About several uploads that the same befell. */
export function commonAdvice(first: Event): string | null {
  return first.upload === null ? adviceOf(first) : uploadsAdvice(situationOf(first));
}

function situationOf(event: Event): UploadSituation {
  const { kind, upload, details, after } = event;
  return {
    kind,
    uploadId: upload?.id ?? '',
    process: processOf(event),
    reason: fullReason(event),
    engine: after === null ? null : engineOf(after),
    isQueued: after !== null && phaseOf(after) === 'queued',
    afterFailure: details['after_failure'] === true,
  };
}

/** What to do about an upload as it is now, whether or not what brought it there was found. `events`: of it, newest first. */
export function standingAdvice(
  uploadId: string,
  watched: TrackedUpload | null,
  events: readonly Event[],
): string | null {
  const [worst] = watched === null ? [] : conditionsOf(watched);
  const kind = situationKind(worst, watched !== null, events[0]?.kind);
  if (kind === null) return null;
  const upload = watched?.upload ?? null;
  return uploadAdvice({
    kind,
    uploadId,
    process: watched?.failure?.process ?? upload?.process ?? null,
    reason:
      kind === 'upload.entries_failed' ? (watched?.inspection?.reason ?? null) : (watched?.failure?.reason ?? null),
    engine: upload === null ? null : engineOf(upload),
    isQueued: upload !== null && phaseOf(upload, watched?.oldMessage ?? null) === 'queued',
    afterFailure: events.find((event) => event.kind === 'upload.empty')?.details['after_failure'] === true,
  });
}

function situationKind(worst: Condition | undefined, isThere: boolean, last: EventKind | undefined): EventKind | null {
  if (worst !== undefined && worst !== 'processing' && worst !== 'published') return `upload.${worst}`;
  // What went well since leaves nothing to do.
  const isOver = worst !== undefined || (isThere && last !== 'upload.reset' && last !== 'upload.stopped');
  return isOver ? null : (last ?? null);
}
