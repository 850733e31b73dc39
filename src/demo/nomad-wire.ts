// How the simulated NOMAD writes an upload and a user: null fields are left out, times and process names as the generation prints them.
import { type Generation, lastVersion, processText, simulatedTime } from './nomad-generations.ts';
import type { SimulatedUpload, User, World } from './nomad-state.ts';

export function toWire(upload: SimulatedUpload, { generation }: World): Record<string, unknown> {
  const time = (value: number | null) => (value === null ? undefined : simulatedTime(value, generation));
  const writers = [upload.mainAuthor, ...upload.coauthors];
  return {
    process_running: isSimulatedProcessing(upload),
    current_process: upload.process === null ? undefined : processText(upload.process, generation),
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

/** The lists of a real one are long; nobody here reads them. */
export function toWireInfo(generation: Generation): object {
  const lists = { parsers: ['vasp'], metainfo_packages: ['general'], codes: [], normalizers: [] };
  const plugins = { plugin_entry_points: [], plugin_packages: [] };
  return { ...lists, ...plugins, version: lastVersion(generation), deployment: 'devel', oasis: false };
}

/** Unlike an upload, the own account comes with its nulls written out. */
export function toWireMe(user: User): object {
  const unknown = { affiliation: null, affiliation_address: null, created: null, repo_user_id: null };
  return { ...toWireUser(user), email: user.email, ...unknown };
}

/** Other users are given without their address. */
export function toWireUser({ id, name, username }: User): object {
  const [first_name, last_name] = name.split(' ');
  return { name, first_name, last_name, user_id: id, username, is_admin: false, is_oasis_admin: false };
}

export function isSimulatedProcessing({ status }: SimulatedUpload): boolean {
  return ['PENDING', 'RUNNING', 'WAITING_FOR_RESULT'].includes(status);
}
