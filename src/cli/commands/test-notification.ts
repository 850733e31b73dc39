// `test-notification`: one message through each channel, now, past the outbox; each has to be accepted. Changes no state.
import { randomUUID } from 'node:crypto';
import type { Sent } from '../../channels/channel.ts';
import { load } from '../../config/load.ts';
import { closest } from '../../domain/text/closest.ts';
import { messageOf } from '../../domain/message/message.ts';
import type { Reader } from '../../domain/message/reader.ts';
import { CHANNELS, type ChannelName } from '../../domain/notify/hold.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import { createDoctorProbes } from '../../app/one-shot.ts';
import { readersOf } from '../../app/readers.ts';
import { createScrubber } from '../../log.ts';
import { scheduleProblem } from '../../scheduler.ts';
import { type Channels, createChannels } from '../../app/channels.ts';
import { EXIT } from '../exit-status.ts';
import { seeDoctor, version } from '../installation.ts';
import { type Io, complain, jsonText, print } from '../output.ts';

export interface TestOptions {
  readonly envFile: string | null;
  readonly account: string | null;
  readonly io: Io;
  /** As given; null: every configured one. */
  readonly channel: string | null;
  readonly json: boolean;
  readonly stopping: AbortSignal;
}

interface Tried {
  readonly channel: ChannelName;
  readonly recipient: string;
  readonly accepted: boolean;
  readonly reason: string | null;
}

export async function testNotification({
  envFile,
  account,
  io,
  channel,
  json,
  stopping,
}: TestOptions): Promise<number> {
  const { loaded, problems, secrets } = load(envFile, { scheduleProblem }, io.env, { account, ofOne: true });
  for (const problem of problems) complain(io, problem);
  if (loaded === null) return EXIT.usage;
  const { config, rules } = loaded;
  const configured = CHANNELS.filter((name) => config[name] !== null);
  const chosen = configured.filter((name) => channel === null || name === channel);
  if (chosen.length === 0) {
    complain(
      io,
      channel === null ? `no channel is configured; set ${Object.values(SET).join(' or ')}` : notThere(channel),
    );
    return EXIT.usage;
  }
  const scrubber = createScrubber(secrets);
  const senders = createChannels(config, scrubber.scrub);
  try {
    const tried: Tried[] = [];
    for (const name of chosen) {
      const recipients = name === 'mail' ? await mailTo() : [name];
      const routing = { targets: () => [], mailTo: () => recipients };
      const readerOf = readersOf(config, { rules: () => rules, routing, lastPoll: () => null });
      if (recipients.length === 0)
        tried.push({ channel: name, recipient: '-', accepted: false, reason: 'no recipient; set MAIL_TO' });
      for (const recipient of recipients) {
        const sent = await send(
          senders,
          name,
          recipient,
          readerOf({ account: 0, channel: name, recipient, content: TEST }),
        );
        const reason = sent.result === 'delivered' ? null : oneLine(scrubber.scrub(sent.reason), 400);
        tried.push({ channel: name, recipient, accepted: reason === null, reason });
      }
    }
    const isGood = tried.every(({ accepted }) => accepted);
    if (json) print(io, jsonText({ ok: isGood, tried }));
    else for (const each of tried) print(io, asText(each));
    if (!json && !isGood) complain(io, seeDoctor());
    return isGood ? EXIT.good : EXIT.bad;
  } finally {
    senders.close();
  }

  /** MAIL_TO, or else the account's own address. */
  async function mailTo(): Promise<readonly string[]> {
    const to = config.mail?.to ?? null;
    if (to !== null) return to;
    const examination = createDoctorProbes({ config, version: version(), scrubber });
    try {
      const login = await examination.login(stopping);
      if (!login.ok) complain(io, oneLine(scrubber.scrub(login.problem), 400));
      return login.ok && login.identity.email !== null ? [login.identity.email] : [];
    } finally {
      examination.close();
    }
  }
}

async function send(
  { channels, alertmanager }: Channels,
  channel: ChannelName,
  recipient: string,
  reader: Reader,
): Promise<Sent> {
  const content = TEST;
  const now = Date.now();
  if (channel === 'alertmanager') return alertmanager?.().test(now) ?? NOT_CONFIGURED;
  const outgoing = { id: `test-${randomUUID()}`, recipient, content, message: messageOf(content), reader, now };
  return channels[channel]?.send(outgoing) ?? NOT_CONFIGURED;
}

const TEST = { kind: 'test' } as const;

/** What makes it one that is configured. */
const SET: Readonly<Record<ChannelName, string>> = {
  mail: 'SMTP_URL',
  webhook: 'WEBHOOK_URL',
  chat: 'CHAT_WEBHOOK_URL',
  alertmanager: 'ALERTMANAGER_URL',
};

function notThere(channel: string): string {
  const known = CHANNELS.find((name) => name === channel);
  if (known !== undefined) return `--channel: ${known} is not configured; set ${SET[known]}`;
  const near = closest(channel, CHANNELS);
  return `--channel: there is no channel ${oneLine(channel, 40)}; ${near === null ? `the channels are ${CHANNELS.join(', ')}` : `did you mean ${near}?`}`;
}

const NOT_CONFIGURED: Sent = { result: 'rejected', reason: 'it is not configured' };

function asText({ channel, recipient, accepted, reason }: Tried): string {
  const whom = channel === recipient ? channel : `${channel} ${recipient}`;
  return accepted ? `accepted  ${whom}` : `REFUSED   ${whom}: ${reason ?? ''}`;
}
