// Where the dashboard leads: the upload in NOMAD's GUI, and the monitor's own pages. The paths are those of src/domain/text/links.ts and docs/grafana.md.
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

const UPLOAD_ID = '${__data.fields.upload_id:percentencode}';

/** Variables, raw: an address is not to be encoded once more. */
export const NOMAD_UPLOADS = '${nomad_gui:raw}/user/uploads';
export const NOMAD_UPLOAD = `${NOMAD_UPLOADS}/upload/id/${UPLOAD_ID}`;
export const MONITOR = '${monitor_url:raw}${__data.fields.instance:raw}/';
export const MONITOR_UPLOAD = `${MONITOR}uploads/${UPLOAD_ID}`;

export function link(title: string, url: string): DynamicConfigValue {
  return { id: 'links', value: [{ title, url, targetBlank: true }] };
}
