// What the monitor of a simulated soak talks to, as a process of its own so that its memory is not measured: the simulated NOMAD with a
// living account, and the receivers. It moves to the time that it is told, and answers when it is there.
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { createWorld } from '../../../src/demo/nomad-state.ts';
import { seeded } from '../../support/random.ts';
import { type Receivers, startReceivers } from './receivers.ts';
import { populate } from './world.ts';

/** `changes`: of uploads, since the time before. */
export interface Move {
  readonly now: number;
  readonly changes: number;
  readonly isNomadAway: boolean;
  readonly areReceiversAway: boolean;
}

export interface Moved {
  readonly nomadUrl: string;
  readonly smtpUrl: string;
  readonly hookUrl: string;
  readonly uploads: number;
  readonly taken: ReturnType<Receivers['taken']>;
}

const [uploads = '1000', begin = '0'] = process.argv.slice(2);
const time = { now: Number(begin) };
const world = createWorld();
const life = populate(world, Number(uploads), time.now, seeded(1));
const nomad = await startSimulatedNomad({ world, now: () => time.now });
const receivers = await startReceivers();

const answer = () => {
  const { smtpUrl, hookUrl } = receivers;
  const moved: Moved = { nomadUrl: nomad.url, smtpUrl, hookUrl, uploads: world.uploads.size, taken: receivers.taken() };
  process.send?.(moved);
};
process.on('message', ({ now, changes, isNomadAway, areReceiversAway }: Move) => {
  time.now = now;
  life.changes(changes, now);
  nomad.setFault(isNomadAway ? () => ({ status: 503 }) : null);
  receivers.refuse(areReceiversAway);
  answer();
});
answer();
process.on('disconnect', () => process.exit());
