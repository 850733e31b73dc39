// `report`: a text about uploads for NOMAD's administrators, from the state and, where it answers, from NOMAD. Decides nothing.
import { askNomadForSupport } from '../../app/one-shot.ts';
import { behaviourOf } from '../../domain/doctor/processing-check.ts';
import { supportText } from '../../domain/report/support-report.ts';
import { rememberedUpload } from '../../domain/report/support-upload.ts';
import { guiOf, uploadLink } from '../../domain/text/links.ts';
import type { Snapshot, TrackedUpload } from '../../domain/upload.ts';
import type { SupportFacts } from '../../jobs/support.ts';
import { EXIT } from '../exit-status.ts';
import { version } from '../installation.ts';
import { type Io, jsonText, print } from '../output.ts';
import type { StateAccess } from './with-state.ts';
import { withUploads } from './with-uploads.ts';

export interface ReportOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** As typed: ids, names, or the beginning of one. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

const NOTHING_ASKED: Omit<SupportFacts, 'ok'> = { version: null, names: new Map(), entries: new Map() };

export function report({ json, stopping, ...from }: ReportOptions): Promise<number> {
  return withUploads(from, async (at, { ids, snapshot }) => {
    const uploads = ids.flatMap((id) => snapshot?.uploads.get(id) ?? []);
    if (snapshot === null) return EXIT.usage;
    const { config, scrubber } = at;
    const asked = await askNomadForSupport(
      { config, scrubber, version: version() },
      uploads.map(({ upload }) => upload),
      stopping,
    );
    if (stopping.aborted) return EXIT.interrupted;
    const facts = asked.ok ? asked : NOTHING_ASKED;
    const isWhole = uploads.every(({ upload }) => facts.entries.has(upload.id));
    const problem = asked.ok ? (isWhole ? null : 'no usable answer about entries') : asked.problem;
    const text = supportText({
      deployment: config.nomad.url,
      version: facts.version,
      engine: engineOf(snapshot),
      monitor: version(),
      asOf: snapshot.takenAt,
      unasked: problem,
      uploads: await Promise.all(uploads.map((watched) => supportUpload(at, watched, facts))),
    });
    const document = { text, upload_ids: ids, nomad_version: facts.version, nomad_asked: asked.ok, problem };
    print(from.io, at.scrub(json ? jsonText(document) : text));
    return EXIT.good;
  });
}

function engineOf({ uploads }: Snapshot) {
  return behaviourOf([...uploads.values()].map(({ upload }) => upload))?.engine ?? null;
}

async function supportUpload(
  { operator, config }: StateAccess,
  watched: TrackedUpload,
  { names, entries }: Pick<SupportFacts, 'names' | 'entries'>,
) {
  const { id, mainAuthor } = watched.upload;
  const events = await operator.events({ since: 0, uploadId: id, kinds: [] });
  const author = names.get(mainAuthor) ?? events.at(-1)?.upload?.author ?? mainAuthor;
  const link = uploadLink(guiOf(config.nomad.url), id);
  return rememberedUpload({ watched, events, author, link, entries: entries.get(id) ?? null });
}
