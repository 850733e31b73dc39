// Where people look at things: in NOMAD's GUI, and on our own page.

/** The GUI of an API base: `https://host/prod/v1/api/v1` has its GUI at `https://host/prod/v1/gui`. */
export function guiOf(apiBase: string): string {
  return apiBase.replace(/\/api\/v1$/, '/gui');
}

export function uploadLink(gui: string, uploadId: string): string {
  return `${gui}/user/uploads/upload/id/${encodeURIComponent(uploadId)}`;
}

export function entryLink(gui: string, uploadId: string, entryId: string): string {
  return `${uploadLink(gui, uploadId)}/entry/id/${encodeURIComponent(entryId)}`;
}

/** Only addresses of the web: what else could stand there would be somebody's trick. */
export function webLink(link: unknown): string | null {
  return typeof link === 'string' && /^https?:\/\/[^\s<>"\u0000-\u001f\u007f-\u009f]+$/.test(link) ? link : null;
}

/** The absolute address of a path of ours (`/feed.atom`) as readers reach it; null: HTTP_PUBLIC_URL is not set. */
export function publicAddress(publicUrl: string | null, path: `/${string}`): string | null {
  return publicUrl === null ? null : `${publicUrl}${path}`;
}
