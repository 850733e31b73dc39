// The variables that say which NOMAD is watched, as whom, when, and what is worth notifying.
import { NOTIFIED_BY_DEFAULT } from '../../domain/event.ts';
import type { Variable } from './variable.ts';

export const NOMAD_VARIABLES: readonly Variable[] = [
  {
    name: 'NOMAD_URL',
    group: 'nomad',
    meaning: 'The API; the address of the GUI or of the deployment works too.',
    fallback: 'https://nomad-lab.eu/prod/v1/api/v1',
    example: 'https://oasis.lab.example/nomad-oasis/gui/',
  },
  {
    name: 'NOMAD_USERNAME',
    group: 'nomad',
    meaning: 'The user name for the login, with NOMAD_PASSWORD.',
    needed: 'unless NOMAD_TOKEN or ACCOUNTS_FILE is set',
    example: 'ada',
  },
  {
    name: 'NOMAD_PASSWORD',
    group: 'nomad',
    meaning: "The password of NOMAD_USERNAME, as on NOMAD's own page.",
    needed: 'with NOMAD_USERNAME',
    secret: true,
    freeText: true,
    example: "'correct horse battery staple'",
  },
  {
    name: 'NOMAD_TOKEN',
    group: 'nomad',
    meaning:
      'Instead of a password: a personal access token (NOMAD 1.4.2 and later; scopes uploads:read; entries:read for the reasons of failed entries; users:read for names and the default of MAIL_TO) or an app token.',
    needed: 'unless NOMAD_USERNAME and NOMAD_PASSWORD, or ACCOUNTS_FILE, are set',
    secret: true,
    example: 'nomad_pat_3xAmpl3',
  },
  {
    name: 'NOMAD_TOKEN_LIFETIME',
    group: 'nomad',
    meaning:
      'Requested lifetime of each app token, reduced if the server allows less. If NOMAD issues no app tokens, the token of each login is used while it is valid.',
    fallback: '1d',
    example: '12h',
  },
  {
    name: 'ACCOUNTS_FILE',
    group: 'nomad',
    meaning:
      'Many accounts in one process: a YAML file with the login of each, and what is different for it (docs/groups.md). It is read again when it changes.',
    inWords: 'the one account of NOMAD_USERNAME or NOMAD_TOKEN',
    example: '/etc/nomad-upload-monitor/accounts.yaml',
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
    meaning: 'Cron pattern of the polls; an optional sixth field in front is for seconds.',
    fallback: '* * * * *',
    example: '*/5 * * * *',
  },
  {
    name: 'SWEEP_SCHEDULE',
    group: 'when',
    meaning:
      'When an account of more than 1,000 uploads is listed in full; in between, only uploads that may have changed are requested (docs/polling.md).',
    fallback: '*/15 * * * *',
    example: '*/30 * * * *',
  },
  {
    name: 'STUCK_AFTER',
    group: 'when',
    meaning: 'An upload that is being processed and has made no progress for this long is stuck.',
    fallback: '2h',
    example: '6h',
  },
  {
    name: 'UNREACHABLE_AFTER',
    group: 'when',
    meaning: 'Notify when NOMAD has been failing for this long, counted from the first request without an answer.',
    fallback: '10m',
    example: '1h',
  },
  {
    name: 'NOTIFY_ON',
    group: 'when',
    meaning:
      'Kinds of events to notify of (docs/events.md); all means every kind, none means no kind, -kind excludes one.',
    fallback: NOTIFIED_BY_DEFAULT.join(','),
    inWords: 'what needs attention (docs/events.md)',
    example: 'all,-upload.started',
  },
  {
    name: 'RULES_FILE',
    group: 'when',
    meaning: 'Who is notified of what, summaries, and quiet hours: a YAML file (docs/rules.md). SIGHUP reloads it.',
    inWords: 'no rules',
    example: '/etc/nomad-upload-monitor/rules.yaml',
  },
  {
    name: 'REMIND_AFTER',
    group: 'when',
    meaning: 'Repeat what is still failed or stuck after this long, until `ack`. off: never.',
    fallback: 'off',
    example: '1d',
  },
  {
    name: 'DIGEST_SCHEDULE',
    group: 'when',
    meaning:
      'Cron pattern of a summary of all uploads by mail to MAIL_TO. off: none. Others, by author, chat or webhook: RULES_FILE (docs/rules.md).',
    fallback: 'off',
    example: '0 8 * * 1-5',
  },
];
