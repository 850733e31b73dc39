// The command line as data, read off the program's own definition: what the man page and the completions say cannot differ from what is there.
import type { Command } from 'commander';

export interface Option {
  /** As people write it: `--since <duration>`. */
  readonly flags: string;
  /** `--since`. */
  readonly long: string;
  readonly takesValue: boolean;
  readonly description: string;
}

export interface Verb {
  /** `outbox retry`; of the program itself: nothing. */
  readonly name: string;
  /** `[ids...]` */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly Option[];
  readonly verbs: readonly Verb[];
}

export function verbsOf(command: Command, above: readonly string[] = []): Verb {
  const path = command.parent === null ? above : [...above, command.name()];
  const help = command.createHelp();
  return {
    name: path.join(' '),
    usage: command.registeredArguments.map((each) => written(each.name(), each.required, each.variadic)).join(' '),
    description: command.description(),
    options: help.visibleOptions(command).map(({ flags, long, required, optional, description }) => ({
      flags,
      long: long ?? flags,
      takesValue: required || optional,
      description,
    })),
    verbs: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => verbsOf(each, path)),
  };
}

function written(name: string, required: boolean, variadic: boolean): string {
  const inside = `${name}${variadic ? '...' : ''}`;
  return required ? `<${inside}>` : `[${inside}]`;
}

/** Each verb with those below it; without the program itself. */
export function allVerbs(top: Verb): readonly Verb[] {
  return top.verbs.flatMap((verb) => [verb, ...allVerbs(verb)]);
}

/** `check`, of `outbox retry` the `retry`. */
export function lastWord(verb: Verb): string {
  return verb.name.split(' ').at(-1) ?? '';
}
