// How the simulated NOMAD writes an upload: null fields are left out, times and process names as the generation prints them.
import type { SimulatedUpload, World } from './nomad-world.ts';

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
    coauthor_groups: [],
    reviewers: upload.reviewers,
    reviewer_groups: [],
    writers,
    writer_groups: [],
    viewers: [...writers, ...upload.reviewers],
    viewer_groups: [],
    published: upload.published,
    published_to: [],
    publish_time: time(upload.publishTime),
    with_embargo: false,
    embargo_length: 0,
    license: 'CC BY 4.0',
    entries: upload.entries,
  };
}

/** 1.x: UTC without a zone; both: six digits of fraction, or none when it is zero. */
function timeText(time: number, generation: 1 | 2): string {
  const text = new Date(time)
    .toISOString()
    .replace('.000Z', 'Z')
    .replace(/(\.\d{3})Z$/, '$1000Z');
  return generation === 1 ? text.slice(0, -1) : text;
}
