// The mail server and the webhook of a run. They take, refuse for good, refuse for now, or take and deny it, as chance says.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ReceivedMail, startInbox } from '../../../src/demo/inbox.ts';
import type { Mail, Taken } from './evidence.ts';

export interface Receivers {
  readonly smtpUrl: string;
  readonly webhookUrl: string;
  readonly ports: ReadonlyMap<number, string>;
  readonly mails: readonly Mail[];
  readonly posts: readonly Taken[];
  /** By delivery id. */
  readonly refused: ReadonlySet<string>;
  readonly denied: ReadonlySet<string>;
  /** From now on all is taken at once. */
  behave(): void;
  close(): Promise<void>;
}

type Mood = 'take' | 'refuse for good' | 'refuse for now' | 'take and deny';

export async function startReceivers(random: () => number): Promise<Receivers> {
  const mails: Mail[] = [];
  const posts: Taken[] = [];
  const refused = new Set<string>();
  const denied = new Set<string>();
  let isRude = true;

  function moodFor(id: string): Mood {
    if (refused.has(id)) return 'refuse for good';
    const chance = isRude ? random() : 1;
    if (chance < 0.02) {
      refused.add(id);
      return 'refuse for good';
    }
    if (chance < 0.1) return 'refuse for now';
    if (chance > 0.13 || denied.has(id)) return 'take';
    denied.add(id);
    return 'take and deny';
  }

  const moods = new Map<ReceivedMail, Mood>();
  const inbox = await startInbox();
  inbox.setHooks({
    beforeAccept: async (mail) => {
      const mood = moodFor(idOf(mail));
      moods.set(mail, mood);
      if (mood === 'refuse for good') return { code: 550, message: 'no such mailbox' };
      return mood === 'refuse for now' ? { code: 451, message: 'try again later' } : undefined;
    },
    afterKeeping: async (mail) => {
      mails.push({ id: idOf(mail), recipient: mail.to.join(), at: Date.now(), body: storedPart(mail.text) });
      if (moods.get(mail) === 'take and deny') throw Object.assign(new Error('local error'), { responseCode: 451 });
    },
  });

  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const mood = moodFor(id);
      if (mood === 'take' || mood === 'take and deny') posts.push({ id, at: Date.now(), body });
      if (mood === 'take and deny') request.socket.destroy();
      else response.writeHead(STATUS[mood]).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    smtpUrl: inbox.url,
    webhookUrl: `http://127.0.0.1:${port}/hook`,
    ports: new Map([
      [inbox.port, 'mail server'],
      [port, 'webhook'],
    ]),
    mails,
    posts,
    refused,
    denied,
    behave: () => (isRude = false),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await inbox.close();
    },
  };
}

const STATUS = { take: 204, 'refuse for good': 410, 'refuse for now': 503 } as const;

/** The local part of the Message-ID is the delivery's id. */
function idOf({ messageId }: ReceivedMail): string {
  return /^<?([^@]+)@/.exec(messageId)?.[1] ?? messageId;
}

/** What is stored with a delivery, and so the same at each try: not what else is broken at the moment, nor whose uploads these are known to be. */
function storedPart(text: string): string {
  return text.replace(/\n(?:Also broken now: [^]*|-- \n[^]*)$/, '');
}
