// `state copy FROM TO`: the whole state from SQLite to PostgreSQL, or back. Decides nothing.
import { copyState } from '../../app/running-state.ts';
import { load } from '../../config/load.ts';
import { type StateLocation, locationName, stateLocationOf } from '../../config/state-location.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import type { Copied, TransferStep } from '../../store/transfer/transfer.ts';
import { StateError } from '../../store/store.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { createProgress } from '../terminal/progress-bar.ts';
import { table } from '../terminal/table.ts';

interface CopyOptions {
  readonly envFile: string | null;
  readonly io: Io;
  readonly from: string;
  readonly to: string;
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

export async function copy({ envFile, io, json, stopping, ...given }: CopyOptions): Promise<number> {
  const { loaded, problems, secrets } = load(envFile, { scheduleProblem }, io.env);
  if (loaded === null) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  const [from, to] = [stateLocationOf(given.from, loaded.config), stateLocationOf(given.to, loaded.config)];
  if ('problem' in from) complain(io, `state copy: FROM: ${from.problem}`);
  if ('problem' in to) complain(io, `state copy: TO: ${to.problem}`);
  if ('problem' in from || 'problem' in to) return EXIT.usage;
  if (from.value.kind === to.value.kind) {
    complain(io, 'state copy: one of FROM and TO must be a folder (SQLite), and the other one in PostgreSQL');
    return EXIT.usage;
  }
  const { scrub } = createScrubber(secrets);
  const progress = createProgress(io.stderr);
  const onStep = ({ doing, table: name, done, of }: TransferStep) => {
    progress.show({ done, total: of, text: `${doing} ${name}: ${done} of ${of}` });
  };
  try {
    const watch = { signal: stopping, onStep };
    const accounts = loaded.accounts.map(({ config }) => config);
    const copied = await copyState(accounts, from.value, to.value, watch).finally(progress.end);
    if (copied === null) {
      complain(
        io,
        `state copy: ${locationName(to.value)} already contains a different state: copy into an empty place, or remove that state first`,
      );
      return EXIT.usage;
    }
    print(io, json ? jsonText(asJson(copied, from.value, to.value)) : asText(copied, from.value, to.value));
    return EXIT.good;
  } catch (error) {
    if (stopping.aborted) {
      complain(io, 'state copy: interrupted: nothing was kept');
      return EXIT.bad;
    }
    if (!(error instanceof StateError)) throw error;
    complain(io, scrub(error.message));
    return EXIT.state;
  }
}

function asText({ rows, wasThere }: Copied, from: StateLocation, to: StateLocation): string {
  const columns = [{ title: 'TABLE' }, { title: 'ROWS', isNumber: true }] as const;
  const counted = table(
    columns,
    Object.entries(rows).map(([name, count]) => [name, String(count)]),
    null,
  ).join('\n');
  const [source, target] = [locationName(from), locationName(to)];
  const what = wasThere
    ? `${target} already contains the state in ${source}: compared row by row`
    : `the state in ${source} was copied to ${target} and compared row by row`;
  return `${what}\n${counted}\nrun the monitor only on the copy; otherwise pending messages are sent twice`;
}

function asJson({ rows, wasThere }: Copied, from: StateLocation, to: StateLocation) {
  return { from: locationName(from), to: locationName(to), was_there: wasThere, rows };
}
