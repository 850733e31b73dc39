// Error answers: RFC 9457 for programs at the API, a page for browsers, a line of text for everybody else. None of them says anything about the uploads.
import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { noticePage } from './pages/notice.ts';

export type Answer = Response | Promise<Response>;

export const API = '/api/v1';

export function problemResponse(context: Context, status: ContentfulStatusCode, detail: string): Answer {
  const { path } = context.req;
  if (path === API || path.startsWith(`${API}/`)) return problem(context, status, detail);
  if (context.req.header('accept')?.includes('text/html') === true)
    return context.html(noticePage(status, detail, path), status);
  return context.text(`${detail}\n`, status);
}

export function problem<Status extends ContentfulStatusCode>(context: Context, status: Status, detail: string) {
  return context.json({ title: STATUS_CODES[status] ?? '', status, detail }, status, {
    'content-type': 'application/problem+json',
  });
}
