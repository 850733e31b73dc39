// The man page, of the command line and the table of variables.
import type { Variable } from '../../src/config/variables/variable.ts';
import { EXIT_CODES } from '../../src/cli/help.ts';
import { EXAMPLES, type Example, NAME } from '../../src/cli/examples.ts';
import type { Release } from './release.ts';
import { type Verb, allVerbs } from './verbs.ts';

const SIGNALS: Readonly<Record<string, string>> = {
  'SIGTERM, SIGINT':
    'Running jobs are finished, or aborted after 10 seconds; nothing new starts. A second signal ends it at once.',
  SIGHUP: 'The rules file is reloaded. If it is wrong, that is reported and the previous rules stay in force.',
};
const FILES: Readonly<Record<string, string>> = {
  '/etc/nomad-upload-monitor/env':
    'Variables of the service. Root and the group nomad-upload-monitor can read them; their commands use them, and the state of the service.',
  '/etc/nomad-upload-monitor/NAME.env': `Variables of another instance, ${NAME}@NAME.service.`,
  '/var/lib/nomad-upload-monitor': 'The state of the service.',
  '~/.local/state/nomad-upload-monitor': 'The state of a monitor that you run by hand.',
  './.env': 'For everybody else: variables that are not in the environment, unless --env-file names another file.',
  '/usr/share/doc/nomad-upload-monitor/docs': 'Everything else: events, rules, notifications, metrics.',
};

export function manual(top: Verb, variables: readonly Variable[], { version, epoch }: Release): string {
  const day = new Date(epoch * 1000).toISOString().slice(0, 10);
  const options = top.options.map(({ flags, description }) => item(bold(flags), description));
  return lines([
    `.TH ${NAME.toUpperCase()} 1 "${day}" "${NAME} ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(NAME)} \\-`,
    'watches the uploads of a NOMAD account and notifies when they fail',
    '.SH SYNOPSIS',
    `.B ${roff(NAME)}`,
    `[${bold('--env-file')} \\fIpath\\fR] \\fIverb\\fR [\\fIoptions\\fR]`,
    '.SH DESCRIPTION',
    text(
      'A background service that watches the uploads of an account on NOMAD (nomad-lab.eu or an Oasis), and notifies by mail, ' +
        'webhook, chat and Prometheus when they fail, get stuck or recover.',
    ),
    '.SH OPTIONS',
    ...options,
    '.SH VERBS',
    ...allVerbs(top).map(verb),
    '.SH EXIT STATUS',
    ...items(EXIT_CODES),
    text('check --nagios exits by the Monitoring Plugins convention: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.'),
    '.SH ENVIRONMENT',
    text(
      'Each secret X may also be given as X_FILE, the path of a file; under systemd, as a credential named x in lower case.',
    ),
    ...variables.map(variable),
    '.SH FILES',
    ...items(FILES),
    '.SH SIGNALS',
    ...items(SIGNALS),
    '.SH EXAMPLES',
    ...(EXAMPLES[''] ?? []).map(({ line, what }) => item(bold(`${NAME} ${line}`), what)),
    '.SH SEE ALSO',
    '.BR systemctl (1),\n.BR journalctl (1),\n.BR systemd.exec (5)',
  ]);
}

function verb({ name, usage, description, options }: Verb): string {
  const own = options.filter(({ long }) => long !== '--help');
  return lines([
    item(`${bold(name)} ${italic(usage)}`, description),
    '.RS',
    ...own.map((option) => item(bold(option.flags), option.description)),
    ...(EXAMPLES[name] ?? []).map(example),
    '.RE',
  ]);
}

function example({ line, what }: Example): string {
  return item(`${italic('For example:')} ${roff(`${NAME} ${line}`)}`, what);
}

function variable({ name, secret, fallback, inWords, needed, meaning }: Variable): string {
  const said = [
    meaning,
    needed === undefined ? '' : `Needed: ${needed}.`,
    secret === true ? 'A secret.' : '',
    `Default: ${inWords ?? fallback ?? 'not set'}.`,
  ];
  return item(bold(name), said.filter((each) => each !== '').join(' '));
}

function items(table: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(table).map(([tag, description]) => item(bold(tag), description));
}

function item(tag: string, description: string): string {
  return `.TP\n${tag.trim()}\n${text(description)}`;
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function italic(text: string): string {
  return text === '' ? '' : `\\fI${roff(text)}\\fR`;
}

/** In lines of fewer than 80 characters, as mandoc wants it. */
function text(words: string): string {
  const folded = words.replace(/(.{1,60})(?: |$)/g, '$1\n').trimEnd();
  return folded.split('\n').map(roff).join('\n');
}

/** One line that roff takes as it is: no request at its beginning, dashes as they are typed. */
function roff(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^[.']/, '\\&$&')
    .replaceAll('…', '...')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha');
}

function lines(all: readonly string[]): string {
  return `${all.join('\n').trimEnd()}\n`;
}
