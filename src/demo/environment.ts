// The variables that the demo gives to its monitor: everything is quicker than in life.
import { ADA } from './nomad-state.ts';

export interface DemoAddresses {
  readonly nomad: string;
  readonly smtp: string;
  readonly httpPort: number;
  readonly stateDir: string;
}

export function demoEnvironment({ nomad, smtp, httpPort, stateDir }: DemoAddresses): Readonly<Record<string, string>> {
  return {
    NOMAD_URL: nomad,
    NOMAD_USERNAME: ADA.username,
    NOMAD_PASSWORD: ADA.password,
    POLL_SCHEDULE: '*/2 * * * * *',
    STUCK_AFTER: '10s',
    NOTIFY_ON: 'all,-upload.started,-upload.created,-upload.succeeded',
    SMTP_URL: smtp,
    MAIL_FROM: 'NOMAD monitor <monitor@demo.example>',
    STATE_DIR: stateDir,
    HTTP_PORT: String(httpPort),
    HTTP_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
  };
}

/** The same for `--env-file`. No value has a quote. */
export function dotenvText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}
