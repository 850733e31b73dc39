// How the simulated NOMAD writes an upload: null fields are left out, times and process names as the generation prints them.
import type { SimulatedUpload, User, World } from './nomad-world.ts';

export function toWire(upload: SimulatedUpload, { generation }: World): Record<string, unknown> {
  const time = (value: number | null) => (value === null ? undefined : timeText(value, generation));
  const writers = [upload.mainAuthor, ...upload.coauthors];
  return {
    process_running: ['PENDING', 'RUNNING', 'WAITING_FOR_RESULT'].includes(upload.status),
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

/** A page of the entries, the failed ones first. The others have made-up names: the simulation knows only their number. */
export function toWireEntries(upload: SimulatedUpload, world: World, size: number): readonly object[] {
  const shared = {
    entry_create_time: timeText(upload.createTime, world.generation),
    upload_id: upload.id,
    warnings: [],
    process_running: false,
    entry_metadata: ENTRY_METADATA,
  };
  const failed = upload.failing.map(({ id, mainfile, parser, error }) => ({
    ...shared,
    process_status: 'FAILURE',
    errors: [error],
    entry_id: id,
    mainfile,
    parser_name: parser,
  }));
  const rest = Array.from({ length: Math.min(size, Math.max(0, upload.entries - failed.length)) }, (_, index) => ({
    ...shared,
    process_status: 'SUCCESS',
    errors: [],
    entry_id: `${upload.id}-entry-${index}`,
    mainfile: `run-${index}/vasprun.xml`,
    parser_name: 'parsers/vasp',
  }));
  return [...failed, ...rest].slice(0, size);
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
function timeText(time: number, generation: 1 | 2): string {
  const text = new Date(time)
    .toISOString()
    .replace('.000Z', 'Z')
    .replace(/(\.\d{3})Z$/, '$1000Z');
  return generation === 1 ? text.slice(0, -1) : text;
}
