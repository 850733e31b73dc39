// Environments, .env files and files of secrets. Every secret holds a marker, by which it is known wherever it shows.
import fc from 'fast-check';
import { EVENT_KINDS } from '../../../src/domain/event.ts';
import { VARIABLES } from '../../../src/config/variables/all.ts';
import { mutated, shown } from './bytes.ts';
import { NASTY, hostileText } from './text.ts';

export const MARKER = /hunter2Zq8w[a-z]{6}/g;
const marker = fc
  .string({ unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')), minLength: 6, maxLength: 6 })
  .map((text) => `hunter2Zq8w${text}`);

/** A place of the files that there are, for `X_FILE`, `RULES_FILE` and the like. */
export const PLACES = ['secret', 'rules', 'folder', 'missing', 'empty'] as const;

const secret = fc
  .tuple(
    marker,
    hostileText.filter((text) => text.length < 500),
    fc.nat(13),
  )
  .map(([mark, text, shape]): string => {
    const shapes = [
      mark,
      ` ${mark} `,
      `${text}${mark}`,
      `${mark}${text}`,
      `smtp://user:${mark}@mail.example:587`,
      `smtps://${text}:${mark}${text}@mail.example`,
      `smtp://user:${mark}%zz@mail.example`,
      `https://hooks.example/${mark}/x?y=${mark}`,
      `https://user:${mark}@hooks.example/`,
      `whsec_${mark}AAAAAAAA`,
      `${mark} ${mark}x`,
      `${mark}\t${mark}x`,
      `${mark}:${text} ${mark}`,
      `ftp://user:${mark}@x`,
    ];
    return shapes[shape] ?? mark;
  });

const plain = fc.oneof(
  hostileText,
  fc.constantFrom(
    ...[
      '',
      ' ',
      '0',
      '-1',
      '1',
      '65535',
      '65536',
      '1e3',
      '90s',
      '15m',
      '7d',
      '999999999d',
      '0s',
      'off',
      'true',
      'false',
      'yes',
      'all',
      '-upload.failed',
      ...EVENT_KINDS.slice(0, 4),
    ],
    ...[
      '* * * * *',
      '* * * * * *',
      '0 0 31 2 *',
      '@daily',
      '99 * * * *',
      '*/0 * * * *',
      'L * * * *',
      '0 0 * * 1#6',
      '2026-01-01T00:00:00Z',
    ],
    ...[
      'UTC',
      'Europe/Berlin',
      ':Europe/Berlin',
      'Mars/Olympus',
      '+02:00',
      '127.0.0.1',
      '0.0.0.0',
      '::1',
      '[::1]',
      'localhost',
      '127.0.0.999',
      'main_author,reviewer',
      'info',
      'json',
      'pretty',
    ],
    ...[
      'ada@lab.example',
      'Ada <ada@lab.example>',
      'a@b,c@d',
      'https://nomad-lab.eu',
      'http://[',
      'https://ada:pw@h/',
      '//x',
      'file:///etc/passwd',
      'smtp://',
      'https://\u0000/',
      'http://xn--/',
    ],
  ),
  fc.constantFrom(...PLACES).map((place) => `@${place}`),
);

const names = VARIABLES.map(({ name }) => name);
const secretNames = VARIABLES.flatMap(({ name, secret: isSecret }) => (isSecret === true ? [name] : []));
const place = fc.constantFrom(...PLACES).map((name) => `@${name}`);

type Pair = readonly [name: string, value: string];
const pair: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(...secretNames), secret) },
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...names.filter((name) => !secretNames.includes(name))), plain) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...secretNames.map((name) => `${name}_FILE`)), fc.oneof(place, plain)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('RULES_FILE', 'CREDENTIALS_DIRECTORY', 'STATE_DIRECTORY', 'HOME'), place),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'TZ',
        'HTTPS_PROXY',
        'XDG_STATE_HOME',
        'NOMAD_URLS',
        'SMTP_',
        'MAIL_TO_FILE',
        '__proto__',
        'constructor',
        'NOMAD_\n',
      ),
      plain,
    ),
  },
);

const GOOD = [
  'NOMAD_URL=https://nomad-lab.eu/prod/v1/api/v1\nNOMAD_USERNAME=ada\nNOMAD_PASSWORD=hunter2Zq8waaaaaa\nSMTP_URL=smtp://user:hunter2Zq8wbbbbbb@mail.lab.example:587\nMAIL_FROM=nomad-monitor@lab.example\n',
  'NOMAD_TOKEN="hunter2Zq8wcccccc"\nWEBHOOK_URL=\'https://hooks.lab.example/hunter2Zq8wdddddd\'\nWEBHOOK_SECRET=whsec_hunter2Zq8weeeeeeAAAA # x\nHTTP_HOST=0.0.0.0\nHTTP_TOKEN=hunter2Zq8wffffff\nNOTIFY_ON=all,-upload.started\n',
];
const DICTIONARY = [
  ...NASTY,
  '=',
  '"',
  "'",
  '`',
  '#',
  '\n',
  '\r',
  'export ',
  '${HOME}',
  '$(id)',
  '\\n',
  ...names.map((name) => `\n${name}=`),
  ...secretNames.map((name) => `\n${name}_FILE=`),
];

export interface Given {
  readonly environment: readonly Pair[];
  /** null: there is none. */
  readonly dotenv: Buffer | null;
  readonly secret: Buffer;
  readonly rules: string;
}

export const givens: fc.Arbitrary<Given> = fc.record({
  environment: fc.array(pair, { maxLength: 8 }).map(withCopies),
  dotenv: fc.option(mutated({ corpus: GOOD.map((text) => Buffer.from(text)), dictionary: DICTIONARY }).map(shown), {
    nil: null,
  }),
  secret: fc.oneof(
    secret.map((text) => Buffer.from(`${text}\n`)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  ),
  rules: fc.constantFrom('', 'routes: []\n', 'quiet: 1\n', '\u0000'),
});

/** Now and then a secret stands in another variable as well. */
function withCopies(pairs: readonly Pair[]): readonly Pair[] {
  const [copied] = pairs.filter(([name, value]) => secretNames.includes(name) && /^[!-~]+$/.test(value));
  return copied === undefined || pairs.length % 4 > 0
    ? pairs
    : [...pairs, ['NOMAD_USERNAME', copied[1]], ['HTTP_PORT', copied[1]]];
}
