// The machine with the product installed, and a simulated NOMAD beside it: configure it, change a unit, begin anew.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type SimulatedNomad, startSimulatedNomad } from '../../../src/demo/nomad-server.ts';
import { ADA, addUpload, succeed } from '../../../src/demo/nomad-state.ts';
import { freePort } from '../../../src/demo/free-port.ts';
import { type Machine, startMachine } from './machine.ts';

type Variables = Readonly<Record<string, string>>;

export interface Site {
  readonly machine: Machine;
  readonly nomad: SimulatedNomad;
  readonly login: { readonly NOMAD_USERNAME: string; readonly NOMAD_PASSWORD: string };
  /** Of the last configuration. */
  readonly port: number;
  configure(more?: Variables, file?: string): Promise<void>;
  /** Lines of the [Service] section of a unit, until `clear`. */
  dropIn(unit: string, lines: readonly string[]): Promise<void>;
  /** The same with one of the examples in systemd/. */
  example(unit: string, file: string): Promise<void>;
  /** As if nothing had ever run. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const ETC = '/etc/nomad-upload-monitor';
const OURS = "'nomad-upload-monitor*'";

export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'nomad-upload-monitor-systemd-'));
  const nomad = await startSimulatedNomad();
  const upload = addUpload(nomad.world, 'u1', Date.now() - 9e7, { name: 'batch-1', process: 'process_upload' });
  const machine = await startMachine(join(folder, 'machine'));
  const login = { NOMAD_USERNAME: ADA.username, NOMAD_PASSWORD: ADA.password };
  let port = 0;
  await machine.run('systemd-sysusers');

  async function addConf(unit: string, name: string, text: string): Promise<void> {
    await machine.write(`/run/systemd/system/${unit}.d/${name}`, text);
    await machine.run('systemctl daemon-reload');
  }

  return {
    machine,
    nomad,
    login,
    get port() {
      return port;
    },
    async configure(more = login, file = 'env') {
      port = await freePort();
      // A name, not an address: names are looked up under the limits of the unit, too.
      const NOMAD_URL = nomad.url.replace('127.0.0.1', 'localhost');
      const values = { NOMAD_URL, HTTP_PORT: String(port), POLL_SCHEDULE: '* * * * * *', TZ: 'UTC', ...more };
      const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
      await machine.write(`${ETC}/${file}`, lines.join(''));
      await machine.run(`chmod 0640 ${ETC}/${file} && chgrp nomad-upload-monitor ${ETC}/${file}`);
    },
    dropIn: (unit, lines) => addConf(unit, 'test.conf', `[Service]\n${lines.join('\n')}\n`),
    example: (unit, file) =>
      addConf(unit, basename(file), readFileSync(join(import.meta.dirname, '../../../systemd', file), 'utf8')),
    async clear() {
      await machine.run(`systemctl stop ${OURS}; systemctl reset-failed`);
      await machine.run(`rm -rf /run/systemd/system/*.d /var/lib/nomad-upload-monitor ${ETC}; systemctl daemon-reload`);
      await machine.run(`install -d -m 0750 -g nomad-upload-monitor ${ETC}`);
      await machine.forget();
      succeed(upload, Date.now(), 3);
    },
    async close() {
      await machine.end();
      await nomad.close();
      rmSync(folder, { recursive: true });
    },
  };
}
