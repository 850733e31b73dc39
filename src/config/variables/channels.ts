// The variables of the channels: mail, webhook, chat, Alertmanager, heartbeat.
import type { Variable } from './variable.ts';

export const CHANNEL_VARIABLES: readonly Variable[] = [
  {
    name: 'SMTP_URL',
    group: 'mail',
    meaning:
      'The mail server. Without a port: 587, with smtps:// 465, on this machine without a login 25. STARTTLS with a trusted certificate is required unless it is on this machine or SMTP_ALLOW_PLAINTEXT=true; smtps:// uses TLS from the start. Write special characters in the user and password as %XX, an @ as %40.',
    secret: true,
    inWords: 'no mail',
    example: 'smtp://user:password@mail.lab.example:587',
  },
  {
    name: 'SMTP_ALLOW_PLAINTEXT',
    group: 'mail',
    meaning:
      'true: mails, user and password may be sent without TLS if the server does not offer it, and to a server whose certificate is not trusted.',
    fallback: 'false',
    example: 'true',
  },
  {
    name: 'SMTP_EHLO_NAME',
    group: 'mail',
    meaning:
      'What the monitor calls itself to the mail server (EHLO): a full host name that resolves to this machine, or its address in brackets.',
    inWords: 'the host name, if it is a full one, otherwise the domain of MAIL_FROM',
    example: 'monitor.lab.example',
  },
  {
    name: 'MAIL_FROM',
    group: 'mail',
    meaning: 'The sender.',
    needed: 'with SMTP_URL, unless its user is an address or the server is on this machine',
    inWords: 'the user in SMTP_URL; with a server on this machine nomad-upload-monitor@HOSTNAME',
    example: 'nomad-monitor@lab.example',
  },
  {
    name: 'MAIL_TO',
    group: 'mail',
    meaning:
      'The recipients, separated by commas; each gets a separate mail. A name with a comma stands in quotes. Without it, nobody can be notified before the first login.',
    inWords: "the account's own address, as NOMAD reports it",
    example: 'ada@lab.example, "Hopper, Grace" <grace@lab.example>',
  },
  {
    name: 'MAIL_MAX_PER_HOUR',
    group: 'mail',
    meaning: 'Maximum number of mails to one recipient per hour; the rest is held and sent as one.',
    fallback: '30',
    example: '10',
  },
  {
    name: 'WEBHOOK_URL',
    group: 'hooks',
    meaning: 'Receives each event as JSON (Standard Webhooks, CloudEvents; docs/notifications.md).',
    secret: true,
    inWords: 'no webhook',
    example: 'https://hooks.lab.example/nomad',
  },
  {
    name: 'WEBHOOK_SECRET',
    group: 'hooks',
    meaning:
      'Key for signing: whsec_ and base64 (echo whsec_$(openssl rand -base64 24) creates one), or any text of 16 characters or more. Give two, separated by a space, while you replace one by the other.',
    secret: true,
    freeText: true,
    inWords: 'not signed',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  },
  {
    name: 'CHAT_WEBHOOK_URL',
    group: 'hooks',
    meaning: 'A Slack-compatible incoming webhook: Slack, Mattermost, Rocket.Chat, Zulip, Discord (/slack).',
    secret: true,
    inWords: 'no chat',
    example: 'https://chat.lab.example/hooks/3xampl3',
  },
  {
    name: 'ALERTMANAGER_URL',
    group: 'hooks',
    meaning: 'Receives alerts about what has failed, is stuck or is unreachable.',
    secret: true,
    inWords: 'no alerts',
    example: 'http://127.0.0.1:9093',
  },
  {
    name: 'HEARTBEAT_URL',
    group: 'hooks',
    meaning: 'Requested after every successful poll, so that you notice when it stops.',
    secret: true,
    inWords: 'no heartbeat',
    example: 'https://heartbeat.lab.example/3xampl3',
  },
];
