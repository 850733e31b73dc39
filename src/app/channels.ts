// Builds the channels from the configuration, for every command; like the rest of this folder, it names implementations.
import { hostname as ownName } from 'node:os';
import { type AlertmanagerSender, createAlertmanager } from '../channels/alertmanager.ts';
import type { Channel } from '../channels/channel.ts';
import { createChatChannel } from '../channels/chat.ts';
import { type Heartbeat, createHeartbeat } from '../channels/heartbeat.ts';
import { type MailChannel, createMailChannel } from '../channels/mail.ts';
import { createWebhookChannel } from '../channels/webhook.ts';
import type { Config } from '../config/config.ts';
import { proxyEnvFor } from '../config/proxy.ts';
import { isLoopback } from '../config/value-parsers.ts';

export interface Channels {
  readonly channels: { readonly mail?: MailChannel; readonly webhook?: Channel; readonly chat?: Channel };
  /** Makes one for each account: it remembers what it sent. null: there is no Alertmanager. */
  readonly alertmanager: (() => AlertmanagerSender) | null;
  readonly heartbeat: Heartbeat | null;
  close(): void;
}

export function createChannels(config: Config, scrub: (text: string) => string): Channels {
  const { mail, webhook, chat, alertmanager, heartbeat } = config;
  const to = <T extends { readonly url: string }>(hook: T) => ({
    ...hook,
    proxyEnv: proxyEnvFor(config.nomad.proxyEnv, hook.url),
    scrub,
  });
  const channels = {
    ...(mail !== null && { mail: mailChannel(config, mail, scrub) }),
    ...(webhook !== null && { webhook: createWebhookChannel(to(webhook)) }),
    ...(chat !== null && { chat: createChatChannel(to(chat)) }),
  };
  return {
    channels,
    alertmanager: alertmanager === null ? null : () => createAlertmanager(to(alertmanager)),
    heartbeat: heartbeat === null ? null : createHeartbeat(to(heartbeat)),
    close: () => {
      for (const channel of Object.values(channels)) channel.close();
    },
  };
}

export function mailChannel(
  config: Config,
  mail: NonNullable<Config['mail']>,
  scrub: (text: string) => string,
): MailChannel {
  const { hostname } = new URL(mail.smtpUrl);
  // As other programs of this machine do, for its own mail server.
  const from = mail.from === '' ? `nomad-upload-monitor@${ownName()}` : mail.from;
  return createMailChannel({ ...mail, from, isLoopback: isLoopback(hostname), scrub });
}
