// The effective configuration, complete and frozen. Every part of the program is built from it; where the values came from is not in it.
import type { EventKind } from '../domain/event.ts';
import type { Role } from '../domain/upload.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
/** What syslog, Python, Java and others call them. */
export const OTHER_LEVEL_NAMES = {
  verbose: 'debug',
  notice: 'info',
  information: 'info',
  warning: 'warn',
  err: 'error',
  critical: 'fatal',
  crit: 'fatal',
} as const;
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

export interface Config {
  /** Its name in ACCOUNTS_FILE; null: the one account of the variables. */
  readonly account: string | null;
  readonly nomad: {
    /** The API base, `https://host/…/api/v1`, without a slash at the end. */
    readonly url: string;
    readonly credentials: Credentials;
    /** Seconds asked for each app token. */
    readonly tokenLifetime: number;
    /** Empty: all roles. */
    readonly roles: readonly Role[];
    /** The variables of proxies, as given; `proxyEnvFor` says which holds for an address. */
    readonly proxyEnv: Readonly<Record<string, string>>;
  };
  readonly pollSchedule: string;
  /** When a large account is listed in full. */
  readonly sweepSchedule: string;
  /** No movement for this long while processing is stuck, ms. */
  readonly stuckAfter: number;
  /** Notifies when NOMAD has failed for this long, ms. */
  readonly unreachableAfter: number;
  readonly notifyOn: readonly EventKind[];
  /** A path; null: no rules. */
  readonly rulesFile: string | null;
  /** Reminds of what is still failed or stuck after this, ms; null: no reminders. */
  readonly remindAfter: number | null;
  /** Cron pattern of the summary; null: none. */
  readonly digestSchedule: string | null;
  /** null: no mail. */
  readonly mail: MailConfig | null;
  /** `secrets` empty: not signed; two: both sign, while one takes the place of the other. */
  readonly webhook: { readonly url: string; readonly secrets: readonly string[] } | null;
  readonly chat: { readonly url: string } | null;
  readonly alertmanager: { readonly url: string } | null;
  readonly heartbeat: { readonly url: string } | null;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** The page as readers reach it, without a slash at the end; null: not given. */
    readonly publicUrl: string | null;
    /** Names that Host may have, beside those of this machine and that of `publicUrl`. */
    readonly allowedHosts: readonly string[];
    /** Whose X-Forwarded-For counts: networks as `address/bits`. */
    readonly trustedProxies: readonly string[];
    /** Who may show the page in a frame: sources of the directive frame-ancestors; empty: nobody. */
    readonly frameAncestors: readonly string[];
    readonly access: HttpAccess;
  };
  readonly stateDir: string;
  /** null: the state is in `stateDir`. */
  readonly database: DatabaseConfig | null;
  readonly metricsMaxUploads: number;
  /** How long events and delivered messages are kept, ms. */
  readonly retention: number;
  readonly log: { readonly level: (typeof LOG_LEVELS)[number]; readonly format: (typeof LOG_FORMATS)[number] };
  /** IANA name, for times that people read. */
  readonly timeZone: string;
  /** Every secret value above; they must not be written anywhere. */
  readonly secrets: readonly string[];
}

/** Where the state lives in PostgreSQL. */
export interface DatabaseConfig {
  /** In the order in which they are tried; a host that begins with a slash is a folder with a Unix socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  /** null: as .pgpass or the server has it. */
  readonly password: string | null;
  readonly database: string;
  /** null: not encrypted. Else certificate and name are verified, by the authorities in `caFile` or by those that Node knows. */
  readonly tls: { readonly caFile: string | null } | null;
}

export interface MailConfig {
  readonly smtpUrl: string;
  readonly allowPlaintext: boolean;
  /** What we call ourselves to the server, in ASCII; null: not given. */
  readonly ehloName: string | null;
  /** Empty: only with a server on this machine; then a name of this machine. */
  readonly from: string;
  /** null: the account's own address. */
  readonly to: readonly string[] | null;
  /** Most mails to one recipient in any hour. */
  readonly maxPerHour: number;
}

export interface HttpAccess {
  readonly token: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
}
