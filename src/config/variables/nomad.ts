// The variables that say which NOMAD is watched, as whom, when, and what is worth notifying.
import { NOTIFIED_BY_DEFAULT } from '../../domain/event.ts';
import type { Variable } from './variable.ts';

export const WATCHING: readonly Variable[] = [
  {
    name: 'NOMAD_URL',
    group: 'nomad',
    meaning: 'The API; the address of the GUI or of the deployment is understood too.',
    fallback: 'https://nomad-lab.eu/prod/v1/api/v1',
    example: 'https://oasis.lab.example/nomad-oasis/gui/',
  },
  {
    name: 'NOMAD_USERNAME',
    group: 'nomad',
    meaning: 'Who logs in, together with NOMAD_PASSWORD.',
    needed: 'unless there is a NOMAD_TOKEN',
    example: 'ada',
  },
  {
    name: 'NOMAD_PASSWORD',
    group: 'nomad',
    meaning: "The password of NOMAD_USERNAME, as on NOMAD's own page.",
    needed: 'with NOMAD_USERNAME',
    secret: true,
    example: "'correct horse battery staple'",
  },
  {
    name: 'NOMAD_TOKEN',
    group: 'nomad',
    meaning:
      'Instead of a password: a personal access token (NOMAD 1.4.2 and later; scopes uploads:read, and users:read for names and the default of MAIL_TO) or an app token.',
    needed: 'unless there are NOMAD_USERNAME and NOMAD_PASSWORD',
    secret: true,
    example: 'nomad_pat_3xAmpl3',
  },
  {
    name: 'NOMAD_TOKEN_LIFETIME',
    group: 'nomad',
    meaning:
      'Lifetime asked for each app token; shortened by itself when the server allows less. Where NOMAD gives no app token, the token of each login is used for as long as it lives.',
    fallback: '1d',
    example: '12h',
  },
  {
    name: 'NOMAD_ROLES',
    group: 'nomad',
    meaning: 'Only uploads in these roles: main_author, coauthor, reviewer.',
    inWords: 'all',
    example: 'main_author,coauthor',
  },
  {
    name: 'POLL_SCHEDULE',
    group: 'when',
    meaning: 'Cron pattern of the polls; a sixth field in front is for seconds.',
    fallback: '* * * * *',
    example: '*/5 * * * *',
  },
  {
    name: 'SWEEP_SCHEDULE',
    group: 'when',
    meaning:
      'When an account of more than 1,000 uploads is listed in full; in between only what moves is asked for (docs/polling.md).',
    fallback: '*/15 * * * *',
    example: '*/30 * * * *',
  },
  {
    name: 'STUCK_AFTER',
    group: 'when',
    meaning: 'An upload that is being processed and has not moved for this long is stuck.',
    fallback: '2h',
    example: '6h',
  },
  {
    name: 'UNREACHABLE_AFTER',
    group: 'when',
    meaning: 'NOMAD failing for this long is told, counted from the first request without an answer.',
    fallback: '10m',
    example: '1h',
  },
  {
    name: 'NOTIFY_ON',
    group: 'when',
    meaning: 'Kinds of events that are told (docs/events.md); all; -kind takes one out.',
    fallback: NOTIFIED_BY_DEFAULT.join(','),
    inWords: 'what needs attention (docs/events.md)',
    example: 'all,-upload.started',
  },
  {
    name: 'RULES_FILE',
    group: 'when',
    meaning: 'Who is told what, and quiet hours: a YAML file (docs/rules.md). SIGHUP reads it again.',
    inWords: 'no rules',
    example: '/etc/nomad-upload-monitor/rules.yaml',
  },
  {
    name: 'REMIND_AFTER',
    group: 'when',
    meaning: 'What is still failed or stuck is told again after this long, until `ack`. off: it is not.',
    fallback: 'off',
    example: '1d',
  },
  {
    name: 'DIGEST_SCHEDULE',
    group: 'when',
    meaning: 'Cron pattern of a summary by mail. off: none.',
    fallback: 'off',
    example: '0 8 * * 1-5',
  },
];
