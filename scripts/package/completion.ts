// Completions for bash, zsh and fish of what the command line has.
import { EVENT_KINDS } from '../../src/domain/event.ts';
import { CHANNELS } from '../../src/domain/notify/hold.ts';
import { CONDITIONS } from '../../src/domain/report/conditions.ts';
import { ALLOWABLE } from '../../src/cli/wait/text.ts';
import { type Option, type Verb, allVerbs, lastWord } from './verbs.ts';

const NAME = 'nomad-upload-monitor';
const FUNCTION = '_nomad_upload_monitor';

/** Values that are known beforehand. Others are typed, and those of --env-file are files. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--kind': EVENT_KINDS,
  '--channel': CHANNELS,
  '--filter': CONDITIONS,
  '--allow': ALLOWABLE,
};
const FILES = ['--env-file'];

/** What may come after these words. */
function words(verb: Verb): string {
  return [...verb.verbs.map(lastWord), ...verb.options.map(({ long }) => long)].join(' ');
}

function takingValue(top: Verb): readonly Option[] {
  const all = [top, ...allVerbs(top)].flatMap(({ options }) => options).filter(({ takesValue }) => takesValue);
  return all.filter(({ long }, index) => all.findIndex((each) => each.long === long) === index);
}

export function bash(top: Verb): string {
  const values = takingValue(top).map(({ long }) => {
    const known = VALUES[long];
    if (FILES.includes(long)) return `    ${long}) compopt -o default; return ;;`;
    if (known === undefined) return `    ${long}) return ;;`;
    return `    ${long}) mapfile -t COMPREPLY < <(compgen -W '${known.join(' ')}' -- "$cur"); return ;;`;
  });
  const verbs = allVerbs(top).map((verb) => `    '${verb.name}') words='${words(verb)}' ;;`);
  const names = allVerbs(top).map(({ name }) => `'${name}'`);
  return `# bash completion of ${NAME}; made from its command line.
${FUNCTION}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} verb='' words='${words(top)}' i next
  case $prev in
${values.join('\n')}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${verb:+$verb }\${COMP_WORDS[i]}"
    case $next in
      ${names.join(' | ')}) verb=$next ;;
    esac
  done
  case $verb in
${verbs.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F ${FUNCTION} ${NAME}
`;
}

export function zsh(top: Verb): string {
  const options = (verb: Verb) => verb.options.map((option) => `'${zshOption(option)}'`).join(' ');
  const group = (verb: Verb): string => {
    const described = verb.verbs.map((each) => `'${zshText(lastWord(each))}:${zshText(each.description)}'`);
    return `_arguments -C ${options(verb)} '(-): :->verb' '(-)*:: :->rest'
  case $state in
    verb) local -a verbs=(${described.join(' ')}); _describe verb verbs ;;
    rest)
      case $words[1] in
${verb.verbs.map((each) => `        ${lastWord(each)}) ${functionOf(each)} ;;`).join('\n')}
      esac ;;
  esac`;
  };
  const body = (verb: Verb) => (verb.verbs.length > 0 ? group(verb) : `_arguments ${options(verb)}`);
  const functions = [top, ...allVerbs(top)].map(
    (verb) => `${functionOf(verb)}() {\n  local curcontext=$curcontext state line\n  ${body(verb)}\n}\n`,
  );
  return `#compdef ${NAME}\n# zsh completion of ${NAME}; made from its command line.\n${functions.join('')}${FUNCTION} "$@"\n`;
}

function functionOf({ name }: Verb): string {
  return name === '' ? FUNCTION : `${FUNCTION}_${name.replace(/[ -]/g, '_')}`;
}

function zshOption({ long, takesValue, description }: Option): string {
  const known = VALUES[long];
  const value = FILES.includes(long) ? ':file:_files' : `:value:${known === undefined ? '' : `(${known.join(' ')})`}`;
  return `${long}[${zshText(description)}]${takesValue ? value : ''}`;
}

/** Within single quotes, brackets and colons. */
function zshText(text: string): string {
  return text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');
}

export function fish(top: Verb): string {
  const tops = top.verbs.map(lastWord).join(' ');
  const lines = [top, ...allVerbs(top)].flatMap((verb) => {
    const when = fishCondition(verb, tops);
    const verbs = verb.verbs.map((each) => `-a ${lastWord(each)} -d '${fishText(each.description)}'`);
    return [...verbs, ...verb.options.map(fishOption)].map((what) => `complete -c ${NAME} -n '${when}' ${what}`);
  });
  return `# fish completion of ${NAME}; made from its command line.\ncomplete -c ${NAME} -f\n${lines.join('\n')}\n`;
}

function fishCondition({ name, verbs }: Verb, tops: string): string {
  if (name === '') return `not __fish_seen_subcommand_from ${tops}`;
  const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const notYet = verbs.length === 0 ? [] : [`not __fish_seen_subcommand_from ${verbs.map(lastWord).join(' ')}`];
  return [...seen, ...notYet].join('; and ');
}

function fishOption({ long, takesValue, description }: Option): string {
  const known = VALUES[long];
  const value = FILES.includes(long) ? ' -r -F' : ` -x${known === undefined ? '' : ` -a '${known.join(' ')}'`}`;
  return `-l ${long.replace(/^--/, '')}${takesValue ? value : ''} -d '${fishText(description)}'`;
}

function fishText(text: string): string {
  return text.replace(/['\\]/g, '\\$&');
}
