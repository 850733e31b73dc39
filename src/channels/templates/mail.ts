// A mail as nodemailer takes it: addresses, subject, both texts, the headers for threads and against automatic replies.
import { domainToASCII } from 'node:url';
import { type Mailbox, mailboxOf } from '../../domain/mail/mailbox.ts';
import type { Outgoing } from '../channel.ts';
import { mailHtml } from './mail-html.ts';
import { mailText } from './mail-text.ts';

export interface MailStyle {
  readonly from: string;
}

/** An encoded word has at most 75 characters; this many bytes make 60 of them. */
const BYTES_IN_WORD = 45;

export function mailOf({ id, recipient, message, reader, now }: Outgoing, { from }: MailStyle) {
  const domain = domainOf(from);
  const thread = message.threadUploadId === null ? null : `<upload-${message.threadUploadId}@${domain}>`;
  const { headers, ...subject } = subjectParts(message.subject);
  return {
    from: asciiDomain(from),
    to: asciiDomain(recipient),
    ...subject,
    text: mailText(message, reader),
    html: mailHtml(message, reader),
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

/**
 * The parts of a mail that say its subject; nodemailer encodes it where that is enough. It would pass on as it is a text that looks like an
 * encoded word (RFC 2047), which would be read as what that word says, and so as something that nobody made harmless.
 */
function subjectParts(subject: string) {
  if (!subject.includes('=?')) return { subject, headers: {} };
  return { headers: { Subject: { prepared: true, foldLines: true, value: encodedWords(subject) } } };
}

/** Each word is whole characters; the space between two words is not part of the text. */
function encodedWords(text: string): string {
  const words: string[] = [''];
  for (const character of text) {
    const longer = `${words.at(-1) ?? ''}${character}`;
    if (Buffer.byteLength(longer) <= BYTES_IN_WORD) words[words.length - 1] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}

/** In ASCII, of an address with or without a name. */
export function domainOf(text: string): string {
  return /@([^@]+)$/.exec(asciiDomain(text).address)?.[1] ?? 'localhost';
}

/** A domain has an ASCII form, which every server knows (RFC 5890); what stands before the @ has none. */
export function asciiDomain(text: string): Mailbox {
  const { name, address } = mailboxOf(text) ?? { name: '', address: text };
  const at = address.lastIndexOf('@') + 1;
  return { name, address: `${address.slice(0, at)}${asciiOf(address.slice(at))}` };
}

/** Of a domain. What has no ASCII form stays as it is. */
export function asciiOf(domain: string): string {
  if (isAscii(domain)) return domain;
  const ascii = domainToASCII(domain);
  return ascii === '' ? domain : ascii;
}

/** Whether a server has to offer SMTPUTF8 for it (RFC 6531). */
export function needsSmtpUtf8({ address }: Mailbox): boolean {
  return !isAscii(address);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
