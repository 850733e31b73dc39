// The life of the demo's uploads: a believable past, a scripted opening in which each kind of thing happens, then chance.
// Pure but for the world that it changes: time and randomness are arguments.
import {
  type World,
  ADA,
  GRACE,
  addUpload,
  fail,
  isAtWork,
  publish,
  queue,
  remove,
  start,
  succeed,
} from './nomad-state.ts';
import { DAY, MINUTE } from '../domain/text/durations.ts';
import { isSimulatedProcessing } from './nomad-wire.ts';
import { OPENING } from './opening.ts';
import { type LifeChange, type Random, did, failuresOf, idOf, materialName, pick } from './scene.ts';

/** Some 40 uploads with days of history. */
export function seedWorld(world: World, now: number, random: Random): void {
  for (let index = 0; index < 38; index += 1) {
    const createTime = now - (38 - index) * DAY * 0.4 - Math.floor(random() * DAY * 0.2);
    const upload = addUpload(world, idOf(index), createTime, {
      name: index === 11 ? null : materialName(index, random),
      process: 'process_upload',
    });
    if (index % 9 === 4) fail(upload, createTime + 12 * MINUTE, [pick(failuresOf(world), random)]);
    else if (index === 20) succeed(upload, createTime + MINUTE, 0);
    else succeed(upload, createTime + 9 * MINUTE, 1 + Math.floor(random() * 40));
    if (index % 5 === 0) publish(upload, createTime + DAY * 0.1);
    if (index % 7 === 3) Object.assign(upload, { mainAuthor: GRACE.id, coauthors: [ADA.id] });
  }
}

/** What happens in one step, about a second long. `step` counts from 0. */
export function liveOn(world: World, step: number, now: number, random: Random): readonly LifeChange[] {
  const scripted = OPENING[step];
  const change = scripted === undefined ? byChance(world, step, now, random) : scripted(world, now, random);
  return change === null ? [] : [change];
}

function byChance(world: World, step: number, now: number, random: Random): LifeChange | null {
  const visible = [...world.uploads.values()].filter(({ mainAuthor, coauthors }) =>
    [mainAuthor, ...coauthors].includes(ADA.id),
  );
  const busy = visible.filter(isSimulatedProcessing);
  // What is begun goes on before more is: else the demo would be full of stuck uploads.
  const upload = pick(busy.length > 2 || (busy.length > 0 && random() < 0.6) ? busy : visible, random);
  if (isAtWork(upload)) {
    return random() < 0.35
      ? did(upload, 'fails', (each) => {
          fail(each, now, [pick(failuresOf(world), random)]);
        })
      : did(upload, 'succeeds', (each) => {
          succeed(each, now);
        });
  }
  switch (upload.status) {
    case 'PENDING':
      return did(upload, 'is being processed', (each) => {
        start(each);
      });
    case 'FAILURE':
      return did(upload, 'is processed again', (each) => {
        queue(world, each);
      });
    default:
      if (step % 5 === 0 && world.uploads.size < 45) {
        return did(
          addUpload(world, idOf(100 + step), now, { name: materialName(step, random), process: 'process_upload' }),
          'is created and queued',
          (each) => {
            queue(world, each);
          },
        );
      }
      if (random() < 0.05)
        return did(upload, 'is deleted', (each) => {
          remove(world, each);
        });
      return random() < 0.3
        ? did(upload, 'is processed again', (each) => {
            queue(world, each);
          })
        : null;
  }
}
