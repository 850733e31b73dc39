// The variables that say where it is told: mail, webhook, chat, Alertmanager, heartbeat.
import type { Variable } from './variable.ts';

export const TELLING: readonly Variable[] = [
  {
    name: 'SMTP_URL',
    group: 'mail',
    meaning:
      'The mail server. STARTTLS is required unless it is on this machine or SMTP_ALLOW_PLAINTEXT=true; smtps:// speaks TLS from the start. Special characters of user and password are written %XX, an @ as %40.',
    secret: true,
    inWords: 'no mail',
    example: 'smtp://user:password@mail.lab.example:587',
  },
  {
    name: 'SMTP_ALLOW_PLAINTEXT',
    group: 'mail',
    meaning: 'true: mails, user and password may go over the network without TLS, where the server has none.',
    fallback: 'false',
    example: 'true',
  },
  {
    name: 'MAIL_FROM',
    group: 'mail',
    meaning: 'Whom the mails are from.',
    needed: 'with SMTP_URL, unless its user is an address',
    inWords: 'the user in SMTP_URL',
    example: 'nomad-monitor@lab.example',
  },
  {
    name: 'MAIL_TO',
    group: 'mail',
    meaning: 'Whom the mails are for, comma separated; each gets one of its own.',
    inWords: "the account's own address, as NOMAD tells it",
    example: 'ada@lab.example, Grace Hopper <grace@lab.example>',
  },
  {
    name: 'MAIL_MAX_PER_HOUR',
    group: 'mail',
    meaning: 'Most mails to one recipient in an hour; what is over is held and sent as one.',
    fallback: '30',
    example: '10',
  },
  {
    name: 'WEBHOOK_URL',
    group: 'hooks',
    meaning: 'Gets each event as JSON (Standard Webhooks, CloudEvents; docs/notifications.md).',
    secret: true,
    inWords: 'no webhook',
    example: 'https://hooks.lab.example/nomad',
  },
  {
    name: 'WEBHOOK_SECRET',
    group: 'hooks',
    meaning:
      'Signs it: whsec_ and base64 (echo whsec_$(openssl rand -base64 24) makes one), or any text of 16 characters or more. Two, separated by a space, while one takes the place of the other.',
    secret: true,
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
    meaning: 'Gets what is failed, stuck or unreachable as alerts.',
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
