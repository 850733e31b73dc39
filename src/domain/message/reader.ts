// Who reads a message: their time zone, why they get it, how they get fewer, and where they can see more. Pure; no markup.
import { mailboxOf } from '../mail/mailbox.ts';
import type { Line } from './item.ts';
import { oneLine } from '../text/one-line.ts';

/** Made anew for each try: nothing of it is stored with the delivery. */
export interface Reader {
  /** IANA name. */
  readonly timeZone: string;
  /** Why they get it and how to get fewer, in words for them. */
  readonly why: readonly string[];
  /** Our page, as they reach it, without a slash at the end; null: not known. */
  readonly page: string | null;
  /** What is broken now beside what the message is about; null: nothing, or it is not known. */
  readonly alsoBroken: Line | null;
  /** The API base of the NOMAD that it is about. */
  readonly nomad: string;
}

export interface Reading {
  /** An address, alone or as `Name <address>`. */
  readonly recipient: string;
  /** Where mail goes that no rule sends elsewhere. */
  readonly mailTo: readonly string[];
  /** The account's own address; null: not known. */
  readonly email: string | null;
  /** What it logs in with; null: a token. */
  readonly username: string | null;
}

/**
 * Whose uploads are watched and whom to ask. A sole recipient of what no rule sends elsewhere has probably set up the monitor: they also
 * learn what there is to set.
 */
export function whyOf({ recipient, mailTo, email, username }: Reading): readonly string[] {
  const isOwn = email !== null && addressOf(email) === addressOf(recipient);
  const [only, ...others] = mailTo;
  const isAlone = only !== undefined && others.length === 0 && addressOf(only) === addressOf(recipient);
  return [
    `You get this because nomad-upload-monitor watches ${isOwn ? 'your NOMAD uploads' : `${watched(email ?? username)} and sends its news to you`}.`,
    'To get fewer mails, ask whoever runs it: it can leave out kinds of news, be quiet at times, or send one summary a day.',
    ...(isAlone ? ['If you run it: NOTIFY_ON, RULES_FILE, nomad-upload-monitor mute --for 8h'] : []),
  ];
}

function watched(account: string | null): string {
  return account === null ? 'NOMAD uploads' : `the NOMAD uploads of ${oneLine(account, 80)}`;
}

/** To compare by: of `Ada <Ada@lab.example>` it is `ada@lab.example`. */
export function addressOf(recipient: string): string {
  return (mailboxOf(recipient)?.address ?? recipient).toLowerCase();
}

/** Where our page shows an upload. */
export function pageLink(page: string, uploadId: string): string {
  return `${page}/uploads/${encodeURIComponent(uploadId.toWellFormed())}`;
}
