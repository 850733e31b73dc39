// What others put into the environment under a name of ours. It is not ours, so it is left out, and one sentence says so.
// Kubernetes (service links) and Docker (links) set `HTTP_PORT=tcp://10.0.0.1:80` for a service called "http".
// HashiCorp Nomad gives its tasks `NOMAD_TOKEN`, a workload identity (`identity { env = true }`), and its command line reads an ACL token,
// a UUID, from the same variable. Neither is ever a token of NOMAD, and both are secrets of another system: they must not be sent anywhere.

export interface Sorted {
  /** Without what is not ours, and without what is empty. */
  readonly values: Readonly<Record<string, string>>;
  /** One sentence for each that was left out. */
  readonly notes: readonly string[];
}

export function withoutForeign(environment: Readonly<Record<string, string | undefined>>): Sorted {
  const given = Object.entries(environment).filter((each): each is [string, string] => (each[1] ?? '') !== '');
  return {
    values: Object.fromEntries(given.filter((each) => foreignNote(...each) === null)),
    notes: given.flatMap((each) => foreignNote(...each) ?? []),
  };
}

/** null: it may be ours. */
function foreignNote(name: string, value: string): string | null {
  if (name === 'HTTP_PORT' && isServiceLink(value))
    return 'HTTP_PORT: ignored, because Kubernetes or Docker set it for a service called "http"; set it to a number to choose the port, or turn off service links (enableServiceLinks: false)';
  if (name === 'NOMAD_TOKEN' && isHashiCorpToken(value))
    return `NOMAD_TOKEN: ignored and not sent, because ${HASHICORP}; ${INSTEAD}`;
  return null;
}

const HASHICORP = 'it is a token of HashiCorp Nomad, another program than the NOMAD of nomad-lab.eu';
const INSTEAD = 'a token for NOMAD can be given as NOMAD_TOKEN_FILE, the path of a file';

/** The problem of such a token where only ours belongs: in our own file, or in the file of the secret. */
export const HASHICORP_TOKEN_PROBLEM = `${HASHICORP}; ${INSTEAD}`;

export function isServiceLink(value: string): boolean {
  return /^(tcp|udp|sctp):\/\//.test(value);
}

/** Its ACL tokens are UUIDs; its workload identities are JWTs that name the allocation. NOMAD's own tokens are JWTs with other claims, or nomad_pat_…. */
export function isHashiCorpToken(value: string): boolean {
  const text = value.trim();
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return true;
  const claims = claimsOf(text);
  return Object.keys(claims).some((claim) => /^nomad_(allocation_id|job_id|namespace|task|service)$/.test(claim));
}

function claimsOf(token: string): object {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
