// The simulated NOMAD of a bench, in a process of its own.
import { once } from 'node:events';
import { type Server, startSide } from './processes.ts';

export interface NomadWishes {
  /** Of each user. */
  readonly uploads: number;
  readonly users: number;
  /** Each how many-th upload is failed. */
  readonly failedEach: number;
  /** How many, the newest, are being processed. */
  readonly processing: number;
  /** Nothing moves in it. */
  readonly isStill: boolean;
}

export interface NomadPlace {
  readonly url: string;
  /** Through what compresses as the nginx before a real NOMAD does, and counts. */
  readonly gatewayUrl: string;
  /** Of the first user. */
  readonly token: string;
  /** One for each user. */
  readonly tokens: readonly string[];
}

export type NomadOrder =
  /** How many bytes the gateway has sent. */
  | { readonly kind: 'bytes' }
  /** These uploads fail, now. */
  | { readonly kind: 'fail'; readonly uploads: readonly number[] };

export interface Nomad extends NomadPlace, Server {
  order(order: NomadOrder): Promise<unknown>;
}

export async function startNomad(wishes: Partial<NomadWishes> & { readonly uploads: number }): Promise<Nomad> {
  const all: NomadWishes = { users: 1, failedEach: 20, processing: 0, isStill: true, ...wishes };
  const side = await startSide<NomadPlace>('nomad', [JSON.stringify(all)]);
  const { child, at, stop } = side;
  return {
    ...at,
    child,
    stop,
    async order(order) {
      const answered = once(child, 'message');
      child.send(order);
      const [answer] = (await answered) as [unknown];
      return answer;
    },
  };
}
