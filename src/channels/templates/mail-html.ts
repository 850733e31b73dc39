// A message as HTML that mail clients can show: tables and inline styles, nothing loaded from anywhere. The style sheet in the head only
// adds what dark mode needs; where it is thrown away, the mail is a light one. Some programs have a dark reader of their own: no element that
// has a dark colour has a transparent background, which Thunderbird's takes for a black one. Whatever is put in is escaped by the template; it has a tag of
// another name than `html`, which the formatter would fill with spaces.
import { html as markup, raw } from 'hono/html';
import type { Item } from '../../domain/message/item.ts';
import { type Message, firstLine } from '../../domain/message/message.ts';
import type { Group } from '../../domain/message/said.ts';
import { type Reader, pageLink } from '../../domain/message/reader.ts';
import { clockText, timeText } from '../../domain/text/time-format.ts';
import { REPORT_TITLE } from './mail-text.ts';

type Html = ReturnType<typeof markup>;

const TONES = { bad: '#b3261e', good: '#1b6e35', plain: '#455a64' } as const;
const FONT = raw("font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif");
const MONO = raw("font-family:ui-monospace,Menlo,Consolas,'Liberation Mono',monospace;font-size:13px");
const DARK = raw(
  '@media (prefers-color-scheme:dark){.page{background:#16181b!important;color:#e6e6e6!important}.box{background:#202327!important;border-color:#3a3f45!important}.item{color:#e6e6e6!important}.quiet{color:#a3acb5!important}.link{color:#8ab4f8!important}.bad{color:#ff8a80!important;border-left-color:#ff8a80!important}.good{color:#7bd88f!important;border-left-color:#7bd88f!important}.plain{color:#b0bec5!important;border-left-color:#b0bec5!important}}',
);
const NOTHING = raw('');
/** Text browsers know no margins: to them this is an empty line. */
const BLANK_LINE = raw('<p style="margin:0"></p>');

export function mailHtml(message: Message, reader: Reader): string {
  const { subject, items, groups, more, note } = message;
  const { timeZone, alsoBroken } = reader;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${subject}</title>
<style>${DARK}</style></head>
<body class="page" style="margin:0;padding:0;background:#ffffff;color:#1c1b1f">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="padding:16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;margin:0 auto"><tr><td role="main">
<h1 dir="ltr" style="${FONT};font-size:17px;font-weight:600;line-height:1.45;margin:0 0 14px;overflow-wrap:anywhere">${firstLine(message, timeZone)}</h1>
${items.map((item) => itemHtml(item, reader, items.length > 1))}${groups.map((group) => groupHtml(group, reader))}${more > 0 ? paragraph(`… and ${more} more that are not listed here.`, 'font-size:14px') : NOTHING}${note === null ? NOTHING : noteHtml(note)}${alsoBroken === null ? NOTHING : paragraph(linked(alsoBroken.text, alsoBroken.link, 'color:#0b57d0'), 'font-size:14px')}${footer(reader)}
</td></tr></table>
</td></tr></table>
</body></html>
`;
  // A template is a promise only when something in it is.
  if (page instanceof Promise) throw new Error('a mail waits for nothing');
  return page.toString();
}

/** Why they get it, and where there is more. */
function footer({ why, page }: Reader): Html {
  const lines = [...why, ...(page === null ? [] : [linked('The page of the monitor', `${page}/`, 'color:#0b57d0')])];
  return markup`<p class="quiet" style="${FONT};font-size:12px;line-height:1.5;color:#5f6b73;margin:18px 0 0">${lines.map((line, index) => markup`${index === 0 ? NOTHING : raw('<br>')}${line}`)}</p>`;
}

function paragraph(text: string | Html, style: string): Html {
  return markup`<p dir="auto" style="${FONT};line-height:1.45;margin:0 0 14px;${style}">${text}</p>\n`;
}

/** Whose items follow. */
function groupHtml({ title, headline, tone, lines, items, more }: Group, reader: Reader): Html {
  return markup`<h2 dir="auto" style="${FONT};font-size:16px;line-height:1.45;margin:22px 0 8px;overflow-wrap:anywhere"><bdi>${title}</bdi> <span class="${tone}" style="font-weight:400;color:${TONES[tone]}">${headline}</span></h2>
${items.map((item) => itemHtml(item, reader, true))}${more > 0 ? paragraph(`… and ${more} more`, 'font-size:14px') : NOTHING}${lines.map((line) => paragraph(line, 'font-size:14px;overflow-wrap:anywhere'))}`;
}

function noteHtml(note: string): Html {
  return markup`<div style="${FONT};font-size:14px;line-height:1.45;margin:0 0 14px;overflow-wrap:anywhere">${withCommands(note)}</div>`;
}

/** `withFacts`: of a single item the first line says them. */
function itemHtml(item: Item, { timeZone, page }: Reader, withFacts: boolean): Html {
  const { uploadId, facts, title, headline, tone, link, history, lines, advice, report, time } = item;
  const past = history.map((each) => {
    const clock = markup`<span class="quiet" style="color:#5f6b73">${clockText(each.time, timeZone)}</span>`;
    return row(markup`${clock} ${each.text}`, NOTHING);
  });
  const reasons = lines.map((line) => row(linked(line.text, line.link, 'color:inherit'), MONO));
  const hint = advice === null ? NOTHING : markup`<div style="margin-top:10px">${withCommands(advice)}</div>`;
  const more =
    page === null || uploadId === null
      ? NOTHING
      : markup` · ${linked('history', pageLink(page, uploadId), 'color:#0b57d0')}`;
  return markup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 14px"><tr>
<td class="box ${tone}" style="border:1px solid #d9dde1;border-left:4px solid ${TONES[tone]};border-radius:4px;background:#f8f9fa;padding:10px 14px"><div class="item" style="${FONT};font-size:14px;line-height:1.45;color:#1c1b1f;overflow-wrap:anywhere">
<div style="font-size:15px"><strong><bdi>${linked(title, link, 'color:#0b57d0')}</bdi></strong> <span class="${tone}" style="color:${TONES[tone]}">${headline}</span></div>
<div class="quiet" style="font-size:12px;color:#5f6b73">${[timeText(time, timeZone), ...(withFacts ? facts : [])].join(' · ')}${more}</div>
${past}${reasons}${hint}${report === undefined ? NOTHING : reportHtml(report)}</div></td></tr></table>
${BLANK_LINE}
`;
}

/** As it is, to be copied. */
function reportHtml(report: string): Html {
  return markup`<div style="margin-top:12px">${REPORT_TITLE}</div>
<pre style="${MONO};white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0 0;padding:0 0 0 10px;border-left:2px solid #9aa3ab">${report}</pre>`;
}

function withCommands(text: string): Html {
  const [first = '', ...commands] = text.split('\n');
  return markup`${first}${commands.map((command) => markup`<div style="margin-top:4px;${MONO}">${command}</div>`)}`;
}

function row(content: Html, style: Html): Html {
  return markup`<div dir="auto" style="margin-top:6px;${style}">${content}</div>`;
}

/** Only addresses of the web: what else could stand there would be somebody's trick. */
function linked(text: string, link: string | null, style: string): Html {
  if (link === null || !/^https?:\/\//.test(link)) return markup`${text}`;
  return markup`<a class="link" href="${link}" style="${style}">${text}</a>`;
}
