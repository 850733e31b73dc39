// The gauges of one instance, whether it leads or stands by: its versions, the state it shares, its configuration.
import { Gauge, type Registry } from 'prom-client';
import { describing } from './registry.ts';

export interface InstanceGaugesOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** ms since the epoch: when the configuration was read. */
  readonly configuredAt: number;
  /** The same for all instances that share a state, and no others; null: this one has its state alone. */
  readonly group: string | null;
}

export interface InstanceGauges {
  setLeading(isLeading: boolean): void;
  /** `time`: ms since the epoch. */
  setReload(isGood: boolean, time: number): void;
}

export function createInstanceGauges(registry: Registry, options: InstanceGaugesOptions): InstanceGauges {
  const in_ = describing(registry);
  const info = new Gauge(in_('build_info', 'Always 1; shows the versions.', ['version', 'node_version']));
  info.set({ version: options.version, node_version: options.nodeVersion }, 1);
  const leader = new Gauge(in_('leader', 'Whether this instance does the work.'));
  leader.set(1);
  if (options.group !== null) {
    const shared = new Gauge(
      in_('shared_state_info', 'Always 1; shows which instances share a state in PostgreSQL. Absent with SQLite.', [
        'group',
      ]),
    );
    shared.set({ group: options.group }, 1);
  }
  const reloaded = new Gauge(
    in_('config_last_reload_successful', 'Whether the last reload of the configuration succeeded.'),
  );
  reloaded.set(1);
  const reloadedAt = new Gauge(
    in_('config_last_reload_timestamp_seconds', 'When the configuration in force was read.'),
  );
  reloadedAt.set(options.configuredAt / 1000);

  return {
    setLeading(isLeading) {
      leader.set(isLeading ? 1 : 0);
    },
    setReload(isGood, time) {
      reloaded.set(isGood ? 1 : 0);
      if (isGood) reloadedAt.set(time / 1000);
    },
  };
}
