// Where people look at things in NOMAD's GUI.

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
