// The one definition of what an account may have in ACCOUNTS_FILE: each key stands for the variable that means the same for one account.

export interface AccountKey {
  readonly key: string;
  readonly variable: string;
  /** `list`: one text or several. `path`: relative to the folder of the file. */
  readonly form: 'text' | 'list' | 'path';
  readonly example: string;
}

export const SETTINGS: readonly AccountKey[] = [
  { key: 'nomad_url', variable: 'NOMAD_URL', form: 'text', example: 'https://nomad-lab.eu/prod/v1/api/v1' },
  { key: 'roles', variable: 'NOMAD_ROLES', form: 'list', example: '[main_author]' },
  { key: 'mail_to', variable: 'MAIL_TO', form: 'list', example: '[ada@lab.example]' },
  { key: 'rules_file', variable: 'RULES_FILE', form: 'path', example: 'ada.yaml' },
  { key: 'notify_on', variable: 'NOTIFY_ON', form: 'list', example: '[all, -upload.started]' },
  { key: 'poll_schedule', variable: 'POLL_SCHEDULE', form: 'text', example: '"*/5 * * * *"' },
  { key: 'sweep_schedule', variable: 'SWEEP_SCHEDULE', form: 'text', example: '"*/30 * * * *"' },
  { key: 'stuck_after', variable: 'STUCK_AFTER', form: 'text', example: '6h' },
  { key: 'unreachable_after', variable: 'UNREACHABLE_AFTER', form: 'text', example: '1h' },
  { key: 'remind_after', variable: 'REMIND_AFTER', form: 'text', example: '1d' },
  { key: 'digest_schedule', variable: 'DIGEST_SCHEDULE', form: 'text', example: '"0 8 * * 1-5"' },
  { key: 'token_lifetime', variable: 'NOMAD_TOKEN_LIFETIME', form: 'text', example: '12h' },
  { key: 'time_zone', variable: 'TZ', form: 'text', example: 'Europe/Berlin' },
];

/** `password: …`, `password_file: …`, `password_env: …`; the same of a token. */
const SECRET_FORMS = [
  { suffix: '', form: 'text' },
  { suffix: '_file', form: 'path' },
  { suffix: '_env', form: 'text' },
] as const;

export const LOGIN: readonly AccountKey[] = [
  { key: 'username', variable: 'NOMAD_USERNAME', form: 'text', example: 'ada' },
  ...(['password', 'token'] as const).flatMap((secret) =>
    SECRET_FORMS.map(({ suffix, form }) => ({
      key: `${secret}${suffix}`,
      variable: `NOMAD_${secret.toUpperCase()}${suffix.toUpperCase()}`,
      form,
      example: { '': '…', _file: `secrets/ada.${secret}`, _env: `ADA_${secret.toUpperCase()}` }[suffix],
    })),
  ),
];

export const NAME_KEY: AccountKey = { key: 'name', variable: '', form: 'text', example: 'ada' };

/** Which keys an account may have, and those that stand under `defaults:`. */
export const ACCOUNT_KEYS: readonly AccountKey[] = [NAME_KEY, ...LOGIN, ...SETTINGS];

/** The variables of a login: they belong to an account, and cannot stand beside the file. */
export const LOGIN_VARIABLES = ['NOMAD_USERNAME', 'NOMAD_PASSWORD', 'NOMAD_TOKEN'] as const;

const KEY_OF = new Map(ACCOUNT_KEYS.filter(({ variable }) => variable !== '').map((each) => [each.variable, each.key]));
const NAMES = new RegExp(`\\b(${[...KEY_OF.keys()].toSorted((a, b) => b.length - a.length).join('|')})\\b(=?)`, 'g');

/** A sentence about variables, said of the keys: `NOMAD_URL: …; write NOMAD_URL=x` is `nomad_url: …; write nomad_url: x`. */
export function inKeys(sentence: string): string {
  return sentence.replace(NAMES, (_, variable: string, equals: string) => {
    return `${KEY_OF.get(variable) ?? variable}${equals === '' ? '' : ': '}`;
  });
}

/** The variables with a key of their own that a sentence names, in its order. */
export function variablesIn(sentence: string): readonly string[] {
  return [...sentence.matchAll(NAMES)].map(([, variable = '']) => variable);
}
