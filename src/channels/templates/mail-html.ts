// A message as HTML that mail clients can show: tables and inline styles, nothing loaded from anywhere. The style sheet in the head only
// adds what dark mode needs; where it is thrown away, the mail is a light one.
import type { Item } from '../../domain/message/item.ts';
import type { Message } from '../../domain/message/message.ts';
import { FOOTER } from './mail-text.ts';
import { clockText, spanLine, timeText } from '../../domain/text/time-format.ts';

const TONES = { bad: '#b3261e', good: '#1b6e35', plain: '#455a64' } as const;
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = "font-family:ui-monospace,Menlo,Consolas,'Liberation Mono',monospace;font-size:13px";
const DARK = `@media (prefers-color-scheme:dark){.page{background:#16181b!important;color:#e6e6e6!important}.box{background:#202327!important;border-color:#3a3f45!important}.quiet{color:#a3acb5!important}.link{color:#8ab4f8!important}.bad{color:#ff8a80!important;border-color:#ff8a80!important}.good{color:#7bd88f!important;border-color:#7bd88f!important}.plain{color:#b0bec5!important;border-color:#b0bec5!important}}`;

export function mailHtml(message: Message, timeZone: string): string {
  const { subject, lead, span, items, more, note } = message;
  const paragraph = (text: string, style: string) =>
    `<p dir="auto" style="${FONT};line-height:1.45;margin:0 0 14px;${style}">${escapeHtml(text)}</p>\n`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(subject)}</title>
<style>${DARK}</style></head>
<body class="page" style="margin:0;padding:0;background:#ffffff;color:#1c1b1f">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="padding:16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;margin:0 auto"><tr><td>
${paragraph(lead, 'font-size:17px;font-weight:600;overflow-wrap:anywhere')}${span === null ? '' : paragraph(spanLine(span, timeZone), 'font-size:14px')}${items.map((item) => itemHtml(item, timeZone)).join('')}${more > 0 ? paragraph(`… and ${more} more that are not listed here.`, 'font-size:14px') : ''}${note === null ? '' : `<div style="${FONT};font-size:14px;line-height:1.45;overflow-wrap:anywhere">${withCommands(note)}</div>`}<p class="quiet" style="${FONT};font-size:12px;line-height:1.5;color:#5f6b73;margin:18px 0 0">${FOOTER.map(escapeHtml).join('<br>')}</p>
</td></tr></table>
</td></tr></table>
</body></html>
`;
}

function itemHtml({ title, headline, tone, link, history, lines, advice, time }: Item, timeZone: string): string {
  const name = linked(title, link, 'color:#0b57d0');
  const past = history
    .map((each) =>
      row(
        `<span class="quiet" style="color:#5f6b73">${escapeHtml(clockText(each.time, timeZone))}</span> ${escapeHtml(each.text)}`,
        '',
      ),
    )
    .join('');
  const reasons = lines.map((line) => row(linked(line.text, line.link, 'color:inherit'), MONO)).join('');
  const hint = advice === null ? '' : `<div style="margin-top:10px">${withCommands(advice)}</div>`;
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 14px"><tr>
<td class="box ${tone}" style="border:1px solid #d9dde1;border-left:4px solid ${TONES[tone]};border-radius:4px;background:#f8f9fa;padding:10px 14px"><div class="page" style="${FONT};font-size:14px;line-height:1.45;color:#1c1b1f;background:transparent!important;overflow-wrap:anywhere">
<div style="font-size:15px"><strong><bdi>${name}</bdi></strong> <span class="${tone}" style="color:${TONES[tone]}">${escapeHtml(headline)}</span></div>
<div class="quiet" style="font-size:12px;color:#5f6b73">${escapeHtml(timeText(time, timeZone))}</div>
${past}${reasons}${hint}</div></td></tr></table>
`;
}

function withCommands(text: string): string {
  const [first = '', ...commands] = text.split('\n');
  const rest = commands.map((command) => `<div style="margin-top:4px;${MONO}">${escapeHtml(command)}</div>`);
  return `${escapeHtml(first)}${rest.join('')}`;
}

function row(html: string, style: string): string {
  return `<div dir="auto" style="margin-top:6px;${style}">${html}</div>`;
}

/** Only addresses of the web: what else could stand there would be somebody's trick. */
function linked(text: string, link: string | null, style: string): string {
  if (link === null || !/^https?:\/\//.test(link)) return escapeHtml(text);
  return `<a class="link" href="${escapeHtml(link)}" style="${style}">${escapeHtml(text)}</a>`;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}
