// How the simulated NOMAD writes an upload: null fields are left out, times and process names as the generation prints them.
import type { Generation, SimulatedEntry, SimulatedUpload, User, World } from './nomad-world.ts';

export function toWire(upload: SimulatedUpload, { generation }: World): Record<string, unknown> {
  const time = (value: number | null) => (value === null ? undefined : timeText(value, generation));
  const writers = [upload.mainAuthor, ...upload.coauthors];
  return {
    process_running: isProcessing(upload),
    current_process: upload.process === null ? undefined : `${generation === 2 ? '_' : ''}${upload.process}`,
    process_status: upload.status,
    last_status_message: upload.message ?? undefined,
    errors: upload.errors,
    warnings: upload.warnings,
    complete_time: time(upload.completeTime),
    upload_id: upload.id,
    upload_name: upload.name ?? undefined,
    upload_create_time: time(upload.createTime),
    main_author: upload.mainAuthor,
    coauthors: upload.coauthors,
    coauthor_groups: upload.coauthorGroups,
    reviewers: upload.reviewers,
    reviewer_groups: [],
    writers,
    writer_groups: upload.coauthorGroups,
    viewers: [...writers, ...upload.reviewers],
    viewer_groups: upload.coauthorGroups,
    published: upload.published,
    published_to: [],
    publish_time: time(upload.publishTime),
    with_embargo: false,
    embargo_length: 0,
    license: 'CC BY 4.0',
    entries: upload.entries,
  };
}

const ENTRY_METADATA = { results: { material: {} } };

export type WireEntry = ReturnType<typeof toWireEntry>;

/** The first entries of an upload, all of them when `most` is not given; the failed ones first. Those that did not fail have made-up names: the simulation knows only their number. */
export function toWireEntries(upload: SimulatedUpload, { generation }: World, most = Infinity): readonly WireEntry[] {
  const well = Math.max(0, upload.entries - upload.failing.length);
  return [
    ...upload.failing.map((entry) => toWireEntry(upload, entry, generation)),
    ...Array.from({ length: well }, (_, index) => {
      const entry = { id: `${upload.id}-entry-${index}`, mainfile: `run-${index}/vasprun.xml`, parser: 'parsers/vasp' };
      return toWireEntry(upload, { ...entry, error: null }, generation);
    }),
  ].slice(0, most);
}

function toWireEntry(
  upload: SimulatedUpload,
  { id, mainfile, parser, error }: Omit<SimulatedEntry, 'error'> & { readonly error: string | null },
  generation: Generation,
) {
  return {
    process_running: false,
    current_process: undefined,
    process_status: error === null ? 'SUCCESS' : 'FAILURE',
    errors: error === null ? [] : [error],
    warnings: [],
    entry_id: id,
    entry_create_time: timeText(upload.createTime, generation),
    mainfile,
    upload_id: upload.id,
    parser_name: parser,
    entry_metadata: ENTRY_METADATA,
  };
}

/** Unlike an upload, the own account comes with its nulls written out. */
export function toWireMe(user: User): object {
  const unknown = { affiliation: null, affiliation_address: null, created: null, repo_user_id: null };
  return { ...toWireUser(user), email: user.email, ...unknown };
}

/** Others are told without their address. */
export function toWireUser({ id, name, username }: User): object {
  const [first_name, last_name] = name.split(' ');
  return { name, first_name, last_name, user_id: id, username, is_admin: false, is_oasis_admin: false };
}

/** 1.x: UTC without a zone; both: six digits of fraction, or none when it is zero. */
function timeText(time: number, generation: Generation): string {
  const text = new Date(time)
    .toISOString()
    .replace('.000Z', 'Z')
    .replace(/(\.\d{3})Z$/, '$1000Z');
  return generation === 1 ? text.slice(0, -1) : text;
}

export function isProcessing({ status }: SimulatedUpload): boolean {
  return ['PENDING', 'RUNNING', 'WAITING_FOR_RESULT'].includes(status);
}
