// How systemd started us, by the variables that it sets (sd_notify(3), sd_watchdog_enabled(3)): where to report our status, and how often.

export interface ServiceManagerConfig {
  /** NOTIFY_SOCKET, as given. */
  readonly socket: string;
  /** Where programs are looked for. */
  readonly path: string;
  /** Silence for longer than this ends us, ms; null: it does not. */
  readonly watchdog: number | null;
}

/** null: nobody asks for it. `pid`: our own. */
export function serviceManagerIn(values: Readonly<Record<string, string>>, pid: number): ServiceManagerConfig | null {
  const { NOTIFY_SOCKET: socket, PATH: path = '/usr/bin:/bin', WATCHDOG_USEC: usec, WATCHDOG_PID: whose } = values;
  if (socket === undefined) return null;
  const isOurs = whose === undefined || whose === String(pid);
  const microseconds = isOurs && usec !== undefined && /^\d{1,15}$/.test(usec) ? Number(usec) : 0;
  return { socket, path, watchdog: microseconds === 0 ? null : microseconds / 1000 };
}
