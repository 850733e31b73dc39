// `mute`, `unmute`, `ack`: what people do not want to be notified of. It is stored in the state, where the running monitor finds it.
import { duration } from '../../config/value-parsers.ts';
import { counted } from '../../domain/text/one-line.ts';
import { timeText } from '../../domain/text/time-format.ts';
import { namedText } from '../../domain/which-upload.ts';
import { withUploads } from './with-uploads.ts';
import { EXIT } from '../exit-status.ts';
import { type Io, complain, jsonText, print } from '../output.ts';

interface MuteOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** As given, `8h`. */
  readonly span: string;
  /** As typed. */
  readonly words: readonly string[];
  readonly json: boolean;
}

export async function mute({ span, json, ...from }: MuteOptions): Promise<number> {
  const { io } = from;
  const read = duration(span);
  if ('problem' in read) {
    complain(io, `--for: ${read.problem}`);
    return EXIT.usage;
  }
  return withUploads(from, async ({ operator, now, config, scrub }, { account, uploads, ids }) => {
    const until = now + read.value;
    await operator.mute(account, ids, until, now);
    const what = ids.length === 0 ? 'all notifications' : namedText(uploads);
    const end = timeText(until, config.timeZone);
    if (json) print(io, jsonText({ muted: ids.length === 0 ? 'all' : ids, until: new Date(until).toISOString() }));
    else print(io, scrub(`${what} muted until ${end}; notifications are held until then, and sent as one message`));
    return EXIT.good;
  });
}

export function unmute({ json, ...from }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withUploads(from, async ({ operator, now, io }, { account, ids }) => {
    const ended = await operator.unmute(account, ids, now);
    if (json) print(io, jsonText({ ended }));
    else print(io, ended === 0 ? 'nothing was muted' : `${counted(ended, 'mute')} ended; what was held is sent now`);
    return EXIT.good;
  });
}

export function ack({ json, ...from }: Omit<MuteOptions, 'span'>): Promise<number> {
  return withUploads(from, async ({ operator, now, io, scrub }, { account, uploads, ids }) => {
    await operator.ack(account, ids, now);
    if (json) print(io, jsonText({ acknowledged: ids }));
    else print(io, scrub(`no more reminders of ${namedText(uploads)} until something changes`));
    return EXIT.good;
  });
}
