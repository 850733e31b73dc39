// Says one thing after the other to systemd, each by a process of `systemd-notify`: Node has no datagram Unix sockets. Knows nothing of
// what is said.
import { spawn } from 'node:child_process';
import type { ServiceManagerConfig } from '../../config/systemd.ts';
import { oneLine } from '../../domain/text/one-line.ts';
import type { Log } from '../../log.ts';

/** Takes an assignment as sd_notify(3) has them, for example `READY=1`. */
export type Notify = (assignment: string) => void;

/** systemd-notify itself waits 5 s for systemd to have read it, ms. */
const TIMEOUT_MS = 10_000;

/** One process at a time; it is killed after `patience` ms. */
export function createNotifier({ socket, path }: ServiceManagerConfig, log: Log, patience = TIMEOUT_MS): Notify {
  /** In order; never longer than there are names, for what is said anew takes the place of what was not said yet. */
  let waiting: readonly string[] = [];
  let isSpeaking = false;
  let wasHeard = true;

  async function speak(): Promise<void> {
    if (isSpeaking) return;
    isSpeaking = true;
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      waiting = waiting.slice(1);
      note(await say(next).catch(String));
    }
    isSpeaking = false;
  }

  /** Logged once when systemd cannot be reached, not each time. */
  function note(problem: string | null): void {
    if (problem !== null && wasHeard) log.warn({ reason: problem }, 'cannot notify systemd');
    wasHeard = problem === null;
  }

  /** What went wrong, for the operator; null: nothing. */
  function say(assignment: string): Promise<string | null> {
    return new Promise((resolve) => {
      // It gets nothing of our environment: secrets are in there.
      const child = spawn('systemd-notify', [assignment], {
        env: { PATH: path, NOTIFY_SOCKET: socket },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: patience,
        killSignal: 'SIGKILL',
      });
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(0, 500)));
      child.on('error', (error) => {
        resolve(`systemd-notify cannot be run: ${error.message}`);
      });
      // What is killed may leave its output open to others; what ends by itself has said why.
      child.on('exit', (_, signal) => {
        if (signal !== null) resolve(`systemd-notify was killed by ${signal}; its limit is ${patience / 1000} s`);
      });
      child.on('close', (code) => {
        resolve(code === 0 ? null : `systemd-notify exited with ${code}: ${oneLine(said, 200)}`);
      });
    });
  }

  return (assignment) => {
    waiting = [...waiting.filter((each) => nameOf(each) !== nameOf(assignment)), assignment];
    void speak();
  };
}

function nameOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf('='));
}
