// `doctor`: each part in turn, as aligned text or as one JSON document; the exit code says the gravest. Decides nothing.
import { inKeys } from '../../config/account-keys.ts';
import { load } from '../../config/load.ts';
import { PARTS, type Part, type PartName, gravest, judgeConfiguration, skipped } from '../../domain/doctor/findings.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { createDoctorProbes } from '../../app/one-shot.ts';
import { examine } from '../../jobs/doctor.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { EXIT } from '../exit-status.ts';
import { version } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';
import { paragraph } from '../terminal/table.ts';
import { type Tint, tintOf, widthOf } from '../terminal/terminal.ts';

export interface DoctorOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

export async function doctor({ envFile, account, io, json, stopping }: DoctorOptions): Promise<number> {
  const read = load(envFile, { scheduleProblem }, io.env, { account, ofOne: true });
  const { loaded, problems, warnings } = read;
  if (read.isUnclear) {
    for (const problem of problems) complain(io, problem);
    return EXIT.usage;
  }
  const scrubber = createScrubber(read.secrets);
  const tint = tintOf(io.stdout, io.env);
  // An account of a file has keys in place of variables.
  const said = (loaded?.config.account ?? null) === null ? (text: string) => text : inKeys;
  const parts: Part[] = [];
  const report = (part: Part) => {
    const clean = cleaned(part, (text) => said(scrubber.scrub(text)));
    parts.push(clean);
    if (!json) print(io, asText(clean, tint, widthOf(io.stdout)));
  };

  report(judgeConfiguration([...problems, ...(loaded?.problems ?? [])], warnings));
  if (loaded === null) {
    for (const part of PARTS.slice(1)) report(skipped(part, 'the configuration is wrong'));
  } else {
    const examination = createDoctorProbes({ config: loaded.config, version: version(), scrubber });
    try {
      await Promise.race([examine(examination, report, stopping), aborted(stopping)]);
    } finally {
      examination.close();
    }
  }
  if (stopping.aborted) {
    complain(io, 'interrupted: not every part was checked; start it again');
    return EXIT.bad;
  }
  if (json) print(io, asJson(parts));
  return EXIT[gravest(parts)];
}

/** Findings quote servers: without our secrets, and with nothing that a terminal would obey. */
function cleaned(part: Part, scrub: (text: string) => string): Part {
  const clean = (text: string) => oneLine(scrub(text), 400);
  const { finding, advice } = part;
  return { ...part, finding: clean(finding), advice: advice?.split('\n').map(clean).join('\n') ?? null };
}

const TITLES: Readonly<Record<PartName, string>> = {
  configuration: 'configuration',
  nomad: 'NOMAD answers',
  login: 'login',
  token_lifetime: 'token lifetime',
  listing: 'listing',
  processing: 'processing',
  clock: 'clock',
  smtp: 'SMTP',
  state: 'state folder',
  http: 'HTTP port',
};
const LABELS = { ok: ['ok  ', 'green'], bad: ['BAD ', 'red'], skipped: ['-   ', 'gray'] } as const;
const WIDTH = Math.max(...Object.values(TITLES).map(({ length }) => length));

/** Narrower than this, what was found stands below the name of the part. */
const NARROW = 60;

/** `width`: places of the terminal; null: a line is as long as it is. */
export function asText({ part, state, finding, advice }: Part, tint: Tint, width: number | null): string {
  const [label, colour] = LABELS[state];
  const isNarrow = width !== null && width < NARROW;
  const indent = label.length + 1 + (isNarrow ? 0 : WIDTH + 2);
  const text = state === 'skipped' ? `not checked: ${finding}` : finding;
  const room = width === null ? null : Math.max(1, width - indent);
  const lines = [text, ...(advice?.split('\n') ?? [])].flatMap((line) => paragraph(line, room, 0).split('\n'));
  const title = isNarrow ? `${TITLES[part]}\n${' '.repeat(indent)}` : `${TITLES[part].padEnd(WIDTH)}  `;
  return `${tint(colour, label)} ${title}${lines.join(`\n${' '.repeat(indent)}`)}`;
}

function asJson(parts: readonly Part[]): string {
  const entries = parts.map(({ part, state, finding, advice }) => ({ part, state, finding, advice }));
  return jsonText({ ok: gravest(parts) === 'good', parts: entries });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
