// What we call ourselves to a mail server (EHLO: RFC 5321, 4.1.1.1): a full host name. nodemailer says the machine's, where that has a dot.
// Containers and many machines have none: it would then say [127.0.0.1], which filters take for forged when it comes from another machine.
import { domainToASCII } from 'node:url';

/** With a domain at its end that no address can have. */
const FULL_NAME = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/i;

/** The sender's domain, in ASCII, where the machine has no full name; null: what nodemailer says by itself is right, or nothing better is known. */
export function ehloName(senderDomain: string, hostname: string): string | null {
  if (FULL_NAME.test(hostname) && !/^localhost\./i.test(hostname)) return null;
  const domain = domainToASCII(senderDomain);
  return FULL_NAME.test(domain) ? domain : null;
}
