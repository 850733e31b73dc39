// The pages under their addresses. Read-only: GET alone, nothing is kept between two requests.
import type { Hono } from 'hono';
import { SORTS } from '../../domain/report/sort.ts';
import { CONDITIONS } from '../../domain/report/conditions.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { MAX_AUTHOR } from '../../views/authors.ts';
import type { Views, ListQuery } from '../../views/views.ts';
import { withoutSecrets } from '../../views/without-secrets.ts';
import { homePage } from './home.ts';
import { notFoundPage, uploadPage } from './upload.ts';

export interface PagesOptions {
  readonly views: Views;
  readonly clock: () => number;
  /** Takes secrets out of what comes from outside. */
  readonly scrub: (text: string) => string;
}

/** Longer words are in no upload. */
const MAX_WORDS = 200;

export function addPages(app: Hono, { views, clock, scrub }: PagesOptions): void {
  const shown = withoutSecrets(views, scrub);
  app.get('/', async (context) => {
    const wanted = wantedOf((name) => context.req.query(name));
    const { status, list } = await shown.home(clock(), wanted);
    return context.html(homePage(status, list, wanted));
  });
  app.get('/uploads/:id', async (context) => {
    const id = context.req.param('id');
    const frame = shown.frame(clock());
    const view = await shown.upload(id);
    if (view !== null) return context.html(uploadPage(view, frame));
    const what = `No upload ${oneLine(id, 80)} is known here: it is not in the list of this account, and there are no events about it.`;
    return context.html(notFoundPage(what, frame), 404);
  });
}

/** What cannot be understood is left out: an old link shows more, not nothing. */
export function wantedOf(query: (name: string) => string | undefined): ListQuery {
  const [show, sort] = [query('show'), query('sort')];
  const page = Number(query('page') ?? 1);
  return {
    condition: CONDITIONS.find((each) => each === show) ?? null,
    author: oneLine(query('author') ?? '', MAX_AUTHOR),
    text: oneLine(query('q') ?? '', MAX_WORDS),
    sort: SORTS.find((each) => each === sort) ?? 'worst',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
}
