// Two accounts for the dashboard to show, one with 3 uploads and one with 3,000: each a simulated NOMAD in which uploads are processed,
// the real program, and people's channels, of which one takes nothing and one has enough of us.
import type { TestContext } from 'node:test';
import { startInbox } from '../../../src/demo/inbox.ts';
import { startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import * as nomadWorld from '../../../src/demo/nomad-state.ts';
import { startHook } from '../../support/hook.ts';
import { freePort } from '../../../src/demo/free-port.ts';
import { startProgram } from '../../support/program.ts';
import { seeded } from '../../support/random.ts';
import { tempDir } from '../../support/temp.ts';

export interface Account {
  /** `host:port` of its monitor. */
  readonly target: string;
  /** Its monitor. */
  stop(): Promise<void>;
}

const { addUpload } = nomadWorld;
const SECOND = 1000;
const DAY = 86_400 * SECOND;
const NAMES = ['GaAs bandstructure', 'MoS2 phonons', 'perovskite XRD', 'NiO relaxation', 'LiFePO4 MD run', 'TiO2 DOS'];
const ERRORS = [
  'FileNotFoundError: [Errno 2] No such file or directory: raw/vasprun.xml',
  'ProcessingError: parser raised system exit',
];
/** How many uploads of an account are processed again and again. */
const LIVELY = 40;

/** Lives until the test ends; each second is a step of its life. */
export async function startAccount(context: TestContext, uploads: number, seed: number): Promise<Account> {
  const world = nomadWorld.createWorld();
  const random = seeded(seed);
  for (let index = 0; index < uploads; index += 1) seedUpload(world, index, uploads);
  const nomad = await startSimulatedNomad({ world });
  const inbox = await startInbox();
  const hook = await startHook(context);
  hook.answer = ({ path }, response) => {
    // A chat that is away, and a webhook that now and then wants no more of a message.
    const status = path === '/chat' ? 503 : random() < 0.02 ? 410 : 200;
    response.writeHead(status).end();
  };
  const port = await freePort();
  const program = startProgram(context, {
    NOMAD_URL: nomad.url,
    NOMAD_TOKEN_LIFETIME: '2m',
    POLL_SCHEDULE: '*/2 * * * * *',
    SWEEP_SCHEDULE: '*/20 * * * * *',
    STUCK_AFTER: '25s',
    UNREACHABLE_AFTER: '3s',
    NOTIFY_ON: 'all,-upload.started',
    MAIL_MAX_PER_HOUR: '100000',
    SMTP_URL: inbox.url,
    WEBHOOK_URL: `${hook.url}/webhook`,
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, seed).toString('base64')}`,
    CHAT_WEBHOOK_URL: `${hook.url}/chat`,
    ALERTMANAGER_URL: `${hook.url}/alertmanager`,
    STATE_DIR: tempDir(context),
    HTTP_PORT: String(port),
  });
  await program.url();
  const ends = new Map<string, number>();
  let steps = 0;
  const life = setInterval(() => {
    for (const upload of [...world.uploads.values()].slice(0, LIVELY)) liveOn(world, upload, ends, random);
    // Once in a while NOMAD is away for some seconds.
    nomad.setFault(steps % 180 > 45 && steps % 180 < 55 ? () => ({ status: 503 }) : null);
    steps += 1;
  }, SECOND);
  const stop = async () => {
    program.child.kill('SIGTERM');
    await program.ended;
  };
  context.after(async () => {
    clearInterval(life);
    await stop();
    await Promise.all([nomad.close(), inbox.close()]);
  });
  return { target: `127.0.0.1:${port}`, stop };
}

function seedUpload(world: nomadWorld.World, index: number, uploads: number): void {
  const createTime = Date.now() - (uploads - index) * 1000 * SECOND - DAY;
  const upload = addUpload(world, `upload-${String(index).padStart(4, '0')}-abcdefghij`, createTime, {
    name: `${NAMES[index % NAMES.length] ?? ''} ${String(index + 1).padStart(2, '0')}`,
    process: 'process_upload',
    mainAuthor: index % 7 === 3 ? nomadWorld.GRACE.id : nomadWorld.ADA.id,
    coauthors: index % 7 === 3 ? [nomadWorld.ADA.id] : [],
  });
  nomadWorld.succeed(upload, createTime + 600 * SECOND, 1 + (index % 40));
  if (index % 3 === 0) nomadWorld.publish(upload, createTime + DAY / 2);
}

/** Idle for some time, queued for a moment, at work for up to 100 s: then it ends, mostly well. */
function liveOn(
  world: nomadWorld.World,
  upload: nomadWorld.SimulatedUpload,
  ends: Map<string, number>,
  random: () => number,
): void {
  const now = Date.now();
  const end = ends.get(upload.id);
  if (upload.status === 'PENDING' && !upload.isTaken) {
    nomadWorld.start(upload);
    ends.set(upload.id, now + 100 * SECOND * random() ** 3 + 3 * SECOND);
    return;
  }
  if (end !== undefined) {
    if (now < end) return;
    ends.delete(upload.id);
    finish(upload, now, random());
    return;
  }
  if (random() < 0.01) nomadWorld.queue(world, upload, random() < 0.8 ? 'process_upload' : 'publish_upload');
}

function finish(upload: nomadWorld.SimulatedUpload, now: number, fate: number): void {
  if (fate < 0.25) {
    nomadWorld.fail(upload, now, [ERRORS[fate < 0.15 ? 0 : 1] ?? '']);
    return;
  }
  if (fate < 0.3) {
    nomadWorld.succeed(upload, now, 0);
    return;
  }
  const failing = Array.from({ length: fate < 0.45 ? 2 : 0 }, (_, index) => ({
    id: `${upload.id}-${index}`,
    mainfile: `scan-${index}.xrdml`,
    parser: 'parsers/xrd',
    error: 'parser raised system exit',
  }));
  nomadWorld.succeed(upload, now, 12, failing);
}
