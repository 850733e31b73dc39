// `config --explain UPLOAD`: where an upload's events would go, and why.
import { closest } from '../../domain/text/closest.ts';
import { EVENT_KINDS, type EventUpload } from '../../domain/event.ts';
import { type Explanation, type RouteVerdict, explain, subjectOf } from '../../domain/notify/routing.ts';
import { noRecipientText } from '../../domain/notify/no-recipient.ts';
import { guiOf, uploadLink } from '../../domain/text/links.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { roleIn, titleOf } from '../../domain/upload.ts';
import { notifiedOf } from '../../app/notified.ts';
import { defaultsOf } from '../../jobs/recipients.ts';
import { EXIT } from '../exit-status.ts';
import { typed } from '../installation.ts';
import { complain, jsonText, print } from '../output.ts';
import { type TableColumn, paragraph, table } from '../terminal/table.ts';
import { widthOf } from '../terminal/terminal.ts';
import type { StateAccess } from './with-state.ts';

const ROUTE_COLUMNS: readonly TableColumn[] = [
  { title: 'EVENT' },
  { title: 'GOES TO', least: 8 },
  { title: 'BECAUSE', least: 8, spare: 1 },
];

/** For the upload as the monitor last saw it. Returns the exit code. */
export async function explainRoutes(
  { io, operator, account, rules, config, scrub }: StateAccess,
  id: string,
  json: boolean,
): Promise<number> {
  const uploads = account === null ? null : ((await operator.snapshot(account.id))?.uploads ?? null);
  const watched = uploads?.get(id);
  if (account === null || uploads === null || watched === undefined) {
    const near = closest(id, [...(uploads?.keys() ?? [])]);
    complain(
      io,
      `--explain: no watched upload has the id ${oneLine(id, 80)}; ${near === null ? `see ${typed('check --json')}` : `did you mean ${near}?`}`,
    );
    return EXIT.usage;
  }
  const { upload } = watched;
  const author = (await operator.events({ since: 0, uploadId: id, kinds: [] })).at(-1)?.upload?.author;
  const about: EventUpload = {
    id,
    name: upload.name,
    link: uploadLink(guiOf(config.nomad.url), id),
    author: author ?? upload.mainAuthor,
    role: roleIn(upload, account.identity.userId),
  };
  const notified = notifiedOf(config);
  const defaults = defaultsOf(notified, account.identity);
  const noRecipient = noRecipientText(rules, notified, account.identity);
  const kinds = EVENT_KINDS.filter((kind) => kind.startsWith('upload.')).map((kind) => ({
    kind,
    isNotified: notified.notifyOn.includes(kind),
    ...explain(rules, subjectOf({ kind, upload: about }), defaults),
  }));
  const out = json
    ? scrub(jsonText({ upload: about, kinds: kinds.map(asJson), no_recipient: noRecipient }))
    : routesText(about, kinds, scrub, widthOf(io.stdout));
  print(io, out);
  if (!json && noRecipient !== null) complain(io, noRecipient);
  return EXIT.good;
}

/** `isNotified`: by NOTIFY_ON. */
type KindExplanation = Explanation & { readonly kind: string; readonly isNotified: boolean };

function routesText(
  about: EventUpload,
  kinds: readonly KindExplanation[],
  scrub: StateAccess['scrub'],
  width: number | null,
): string {
  const { id, name, author, role } = about;
  const upload = scrub(`${titleOf({ id, name }, 60)} (${id}), by ${oneLine(author, 60)}, your role: ${role ?? 'none'}`);
  const cells = kinds.map((each) => [each.kind, recipientsText(each), reasonText(each)].map(scrub));
  return [paragraph(upload, width, 0), '', ...table(ROUTE_COLUMNS, cells, width)].join('\n');
}

function asJson({ kind, isNotified, targets, routes, isDefault }: KindExplanation) {
  return {
    kind,
    targets,
    by: isDefault ? (isNotified ? 'default' : 'nothing') : 'routes',
    routes: routes.map(({ route, verdict }) => ({ line: route.line, verdict: VERDICT_TEXT[verdict] })),
  };
}

function recipientsText({ targets }: Explanation): string {
  if (targets.length === 0) return 'nobody';
  return targets.map(({ channel, recipient }) => (channel === 'mail' ? oneLine(recipient, 60) : channel)).join(', ');
}

/** How the verdict is put after `line N`. */
const VERDICT_TEXT: Readonly<Record<RouteVerdict, string>> = {
  applies: 'applies',
  'not reached': 'is not reached',
  'not notified': 'names no kind, and NOTIFY_ON leaves this one out',
  kind: 'is for other kinds',
  author: 'is for other authors',
  uploadName: 'is for other names',
  role: 'is for other roles',
};

function reasonText({ routes, isDefault, isNotified }: KindExplanation): string {
  const reasons = routes
    .filter(({ verdict }) => verdict !== 'kind')
    .map(({ route, verdict }) => `line ${route.line} ${VERDICT_TEXT[verdict]}`);
  if (!isDefault) return reasons.join('; ');
  return [...reasons, defaultText(routes.length > 0, isNotified)].join('; ');
}

function defaultText(hasRoutes: boolean, isNotified: boolean): string {
  if (!hasRoutes) return isNotified ? 'NOTIFY_ON' : 'NOTIFY_ON leaves it out';
  return isNotified ? 'no route applies: the default' : 'no route applies, and NOTIFY_ON leaves it out';
}
