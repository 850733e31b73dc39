// Notifies systemd of the monitor's state: ready, status line, reloading, stopping; and feeds the watchdog while the loops run.
import type { ServiceManagerConfig } from '../../config/systemd.ts';
import type { Log } from '../../log.ts';
import { type Notify, createNotifier } from './sd-notify.ts';

export interface ServiceManager {
  /** The monitor is up. From now on the watchdog is fed while `stuck` names no loop; otherwise systemd ends us. */
  ready(stuck: () => readonly string[]): void;
  /** Something changed: asks for the line that `systemctl status` shows. */
  report(line: () => Promise<string>): void;
  /** Around what reads the rules again. */
  reload(work: () => void): void;
  /** The monitor is stopping; no more status is sent. */
  stopping(): void;
}

const NOBODY: ServiceManager = {
  ready: () => undefined,
  report: () => undefined,
  reload: (work) => {
    work();
  },
  stopping: () => undefined,
};

/** null: nobody is notified, and no process is started. */
export function createServiceManager(config: ServiceManagerConfig | null, log: Log): ServiceManager {
  if (config === null) return NOBODY;
  return serviceManagerOn(createNotifier(config, log), config.watchdog, log);
}

/** `watchdog` in ms; null: none. */
export function serviceManagerOn(notify: Notify, watchdog: number | null, log: Log): ServiceManager {
  let endFeeding: () => void = () => undefined;
  let phase: 'starting' | 'up' | 'ending' = 'starting';

  async function sendStatus(line: () => Promise<string>): Promise<void> {
    const text = await line();
    if (phase !== 'ending') notify(`STATUS=${text}`);
  }

  return {
    ready(stuck) {
      phase = 'up';
      notify('READY=1');
      if (watchdog !== null) endFeeding = feed({ notify, watchdog, stuck, log });
    },
    report(line) {
      sendStatus(line).catch((error: unknown) => {
        log.warn({ err: error }, 'the status line could not be written');
      });
    },
    reload(work) {
      if (phase === 'up') notify('RELOADING=1');
      work();
      if (phase === 'up') notify('READY=1');
    },
    stopping() {
      phase = 'ending';
      endFeeding();
      notify('STATUS=shutting down: finishing running jobs');
      notify('STOPPING=1');
    },
  };
}

interface Feeding {
  readonly notify: Notify;
  readonly watchdog: number;
  readonly stuck: () => readonly string[];
  readonly log: Log;
}

/** Returns what ends it. */
function feed({ notify, watchdog, stuck, log }: Feeding): () => void {
  let wasMoving = true;
  let timer = later();

  /** Twice as often as need be: one look that finds a loop late must not be the end. */
  function later(): NodeJS.Timeout {
    return setTimeout(look, watchdog / 4).unref();
  }

  function look(): void {
    const loops = stuck();
    const isMoving = loops.length === 0;
    if (isMoving) notify('WATCHDOG=1');
    if (!isMoving && wasMoving) log.error({ loops }, 'stalled loops: the watchdog is not notified until they continue');
    if (isMoving && !wasMoving) log.info({}, 'all loops are running again: the watchdog is notified');
    wasMoving = isMoving;
    timer = later();
  }

  return () => {
    clearTimeout(timer);
  };
}
