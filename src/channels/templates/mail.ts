// A mail as nodemailer takes it: subject, both texts, the headers for threads and against automatic replies.
import type { Outgoing } from '../channel.ts';
import { mailHtml } from './mail-html.ts';
import { subjectParts } from './mail-subject.ts';
import { mailText } from './mail-text.ts';

export interface MailStyle {
  readonly from: string;
  readonly timeZone: string;
}

export function mailOf({ id, recipient, message, now }: Outgoing, { from, timeZone }: MailStyle) {
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  const thread = message.threadUploadId === null ? null : `<upload-${message.threadUploadId}@${domain}>`;
  const { headers, ...subject } = subjectParts(message.subject);
  return {
    from,
    to: recipient,
    ...subject,
    text: mailText(message, timeZone),
    html: mailHtml(message, timeZone),
    date: new Date(now),
    messageId: `<${id}@${domain}>`,
    ...(thread === null ? {} : { inReplyTo: thread, references: thread }),
    headers: {
      ...headers,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-Id': { prepared: true, value: `NOMAD upload monitor <nomad-upload-monitor.${domain}>` },
    },
  };
}
