// `account`: lists the accounts of ACCOUNTS_FILE, looks at each, adds one. Their own files are loaded when one of them runs.
import { Option, type Command } from 'commander';
import { COMMAND_GROUPS } from '../help.ts';
import type { CommandContext, JsonOption } from './command.ts';

interface AddFlags {
  readonly url?: string;
  readonly username?: string;
  readonly passwordStdin?: true;
  readonly tokenStdin?: true;
}

export function addAccounts(program: Command, { envFile, io, stdin, stopping, done }: CommandContext): void {
  const account = program
    .command('account')
    .helpGroup(COMMAND_GROUPS.accounts)
    .description('the accounts of ACCOUNTS_FILE: lists them, looks at each, adds one');
  account
    .command('list')
    .description('lists the accounts: login, NOMAD, roles and recipients; asks nobody')
    .option('--json', 'one JSON document')
    .action(async ({ json }: JsonOption) => {
      const { listAccounts } = await import('../account/list.ts');
      done(listAccounts({ envFile: envFile(), io, json: json === true }));
    });
  account
    .command('check')
    .description('looks at each account in turn: login, whose it is, how many uploads, the end of its token')
    .argument('[names...]', 'names of accounts; none: all')
    .option('--json', 'one JSON document')
    .action(async (names: string[], { json }: JsonOption) => {
      const { checkAccounts } = await import('../account/check.ts');
      done(await checkAccounts({ envFile: envFile(), io, names, json: json === true, stopping }));
    });
  account
    .command('add')
    .description(
      'adds an account: asks for its login, and keeps a token that can only read where NOMAD makes one, else the password',
    )
    .argument('<name>', 'what the account is to be called, for example ada')
    .option('--url <address>', "NOMAD's address, if it is another than the usual one")
    .option('--username <name>', 'the user name for the login')
    .addOption(new Option('--password-stdin', 'read the password from standard input').conflicts('tokenStdin'))
    .option('--token-stdin', 'read a token from standard input, instead of a login')
    .action(async (name: string, { url, username, passwordStdin, tokenStdin }: AddFlags) => {
      const { addAccount } = await import('../account/add.ts');
      const piped = tokenStdin === true ? 'token' : passwordStdin === true ? 'password' : null;
      done(
        await addAccount({
          // What it writes beside the variables is given to whom the file of the accounts belongs to.
          envFile: envFile('as they are'),
          io,
          stdin,
          stopping,
          name,
          url: url ?? null,
          username: username ?? null,
          piped,
        }),
      );
    });
}
