// A message as HTML that mail clients show alike: tables, inline styles, no remote content. Everything from outside is escaped here.
import type { Item, Message } from '../../domain/message.ts';
import { timeText } from './times.ts';

/** Mid-tones that keep their contrast when a client turns the page dark. */
const TONES = { bad: '#c62828', good: '#2e7d32', plain: '#546e7a' } as const;
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

export function mailHtml(message: Message, timeZone: string): string {
  const items = message.items.map((item) => itemHtml(item, timeZone)).join('');
  const more =
    message.more > 0
      ? `<p style="${FONT};font-size:14px">… and ${message.more} more changes that are not listed here.</p>`
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(message.subject)}</title></head>
<body style="margin:0;padding:16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;margin:0 auto"><tr><td>
<p style="${FONT};font-size:16px;line-height:1.4;margin:0 0 16px"><strong>${escapeHtml(message.lead)}</strong></p>
${items}${more}
<p style="${FONT};font-size:12px;color:#78909c;margin:16px 0 0">Sent by nomad-upload-monitor, which watches your NOMAD uploads.</p>
</td></tr></table>
</body></html>
`;
}

function itemHtml(item: Item, timeZone: string): string {
  const tone = TONES[item.tone];
  const title =
    item.link === null
      ? escapeHtml(item.title)
      : `<a href="${escapeHtml(item.link)}" style="color:#1565c0">${escapeHtml(item.title)}</a>`;
  const lines = item.lines
    .map((line) => `<div style="margin-top:4px;word-break:break-word">${escapeHtml(line)}</div>`)
    .join('');
  const advice =
    item.advice === null ? '' : `<div style="margin-top:8px;color:#607d8b">${escapeHtml(item.advice)}</div>`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 12px"><tr>
<td style="border-left:4px solid ${tone};padding:4px 0 4px 12px;${FONT};font-size:14px;line-height:1.4">
<div style="font-size:15px"><strong>${title}</strong> <span style="color:${tone}">${escapeHtml(item.headline)}</span></div>
<div style="font-size:12px;color:#78909c">${escapeHtml(timeText(item.time, timeZone))}</div>
${lines}${advice}</td></tr></table>
`;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
