// What a channel is: it sends one message to one recipient and only says whether another try makes sense.
import type { Content } from '../domain/notify/delivery-content.ts';
import type { Message } from '../domain/message/message.ts';
import type { Reader } from '../domain/message/reader.ts';

export interface Outgoing {
  /** The delivery's id: the same for each try, so that the other side can tell that it is the same message. */
  readonly id: string;
  readonly recipient: string;
  readonly content: Content;
  /** The same, in words. */
  readonly message: Message;
  readonly reader: Reader;
  /** ms since the epoch. */
  readonly now: number;
}

/** `reason`: one sentence, from outside, without our secrets. */
export type Sent =
  /** `answer`: what the other side said to it, with its id there; hostile. */
  | { readonly result: 'delivered'; readonly answer?: string }
  /** `retryAfter`: ms that the other side asked to be left alone. */
  | {
      readonly result: 'retry';
      readonly reason: string;
      readonly retryAfter?: number;
      /** It is there, and does not take this message: others may go past it. */
      readonly isAboutMessage?: true;
      /** What has to be mended first: the message is not at fault, and each other would be refused alike. */
      readonly advice?: string;
    }
  | { readonly result: 'rejected'; readonly reason: string };

export interface Channel {
  send(outgoing: Outgoing): Promise<Sent>;
  close(): void;
}
