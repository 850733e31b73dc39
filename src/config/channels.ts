// The settings of the channels: mail, webhook, chat, Alertmanager, and the heartbeat. Pure, like the rest of the parsing.
import type { Config, MailConfig } from './config.ts';
import type { Source } from './source.ts';
import { mailAddress, mailAddresses } from './mail-addresses.ts';
import { defaultOf, exampleOf } from './variables/all.ts';
import * as read from './value-parsers.ts';

export function mailSettings({ text, optional, value, problem }: Source): MailConfig | null {
  const smtpUrl = optional('SMTP_URL', read.smtpUrl) ?? '';
  const allowPlaintext = value('SMTP_ALLOW_PLAINTEXT', read.yesOrNo);
  const ehloName = optional('SMTP_EHLO_NAME', read.ehloName);
  const to = optional('MAIL_TO', mailAddresses);
  const user = smtpUrl === '' ? '' : (read.safeDecode(new URL(smtpUrl).username) ?? '');
  const from = optional('MAIL_FROM', mailAddress) ?? ('value' in mailAddress(user) ? user : '');
  if (text('SMTP_URL') === null) {
    if (text('MAIL_TO') === null) return null;
    problem(`SMTP_URL: required with MAIL_TO; write for example ${exampleOf('SMTP_URL')}`);
  }
  if (to?.length === 0) problem(`MAIL_TO: contains no address; write for example ${exampleOf('MAIL_TO')}`);
  const isLocal = smtpUrl !== '' && read.isLoopback(new URL(smtpUrl).hostname);
  if (from === '' && smtpUrl !== '' && text('MAIL_FROM') === null && !isLocal) {
    problem(
      `MAIL_FROM: it is missing and SMTP_URL has no user that is an address; write for example ${exampleOf('MAIL_FROM')}`,
    );
  }
  const maxPerHour = value('MAIL_MAX_PER_HOUR', read.whole(1, 100_000, defaultOf('MAIL_MAX_PER_HOUR')));
  return { smtpUrl, allowPlaintext, ehloName, from, to: to === null ? null : [...new Set(to)], maxPerHour };
}

export function hookSettings({
  text,
  optional,
  problem,
}: Source): Pick<Config, 'webhook' | 'chat' | 'alertmanager' | 'heartbeat'> {
  const address = (name: string) => {
    const url = optional(name, read.webAddress);
    return url === null ? null : { url };
  };
  const webhook = address('WEBHOOK_URL');
  const secrets = optional('WEBHOOK_SECRET', read.webhookSecrets) ?? [];
  if (text('WEBHOOK_SECRET') !== null && text('WEBHOOK_URL') === null) {
    problem(`WEBHOOK_URL: required with WEBHOOK_SECRET; write for example ${exampleOf('WEBHOOK_URL')}`);
  }
  return {
    webhook: webhook === null ? null : { ...webhook, secrets },
    chat: address('CHAT_WEBHOOK_URL'),
    alertmanager: address('ALERTMANAGER_URL'),
    heartbeat: address('HEARTBEAT_URL'),
  };
}
