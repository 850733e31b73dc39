// Which proxy a request goes through. The variables are those of curl and others, in lower or upper case; where both are set, lower case
// counts, as for curl and Python (for Go it is upper case).
import { isDirect } from './no-proxy.ts';

/** As given. */
export type ProxyVariables = Readonly<Record<string, string>>;

export const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;
export const PROXY_VARIABLES = [...PROXY_NAMES, 'NO_PROXY', 'no_proxy'] as const;

/** What Node's agent is to be given for this address: one variable with the proxy's address, or nothing. Whether it needs a proxy is decided here. */
export function proxyEnvFor(given: ProxyVariables, address: string): Readonly<Record<string, string>> {
  const chosen = proxyFor(given, address);
  return chosen === null ? {} : { [chosen.name]: chosen.proxy };
}

/** null: it is reached directly. */
function proxyFor(given: ProxyVariables, address: string): { readonly name: string; readonly proxy: string } | null {
  const url = URL.parse(address);
  if (url === null || isDirect(url, given['no_proxy'] ?? given['NO_PROXY'] ?? '')) return null;
  const upper = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const name = [upper.toLowerCase(), upper].find((each) => given[each] !== undefined);
  return name === undefined ? null : { name, proxy: withScheme(given[name] ?? '') };
}

/** `proxy.lab.example:3128` means http://, as for curl, Go and Python. */
export function withScheme(proxy: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

/** What is wrong with it, without the password that may stand in it; null: nothing. */
function proxyProblem(proxy: string): string | null {
  const example = 'write for example http://proxy.lab.example:3128';
  const url = URL.parse(withScheme(proxy));
  if (url === null || url.hostname === '' || /\s/.test(proxy)) return `it is not a valid proxy address; ${example}`;
  if (url.protocol === 'http:' || url.protocol === 'https:') return null;
  return `${url.protocol}// proxies are not supported, only http:// and https://; ${example}`;
}

/** A proxy that cannot be used is a problem if something that is configured would go through it. Otherwise it is only worth a warning. */
export function judgeProxies(
  given: ProxyVariables,
  addresses: readonly string[],
): { readonly problems: readonly string[]; readonly warnings: readonly string[] } {
  const needed = new Map(addresses.map((address) => [proxyFor(given, address)?.name, address] as const));
  const judged = PROXY_NAMES.flatMap((name) => {
    const problem = given[name] === undefined ? null : proxyProblem(given[name]);
    if (problem === null) return [];
    const address = needed.get(name);
    const { hostname } = new URL(address ?? 'http://localhost');
    return address === undefined
      ? [{ isNeeded: false, sentence: `${name}: ${problem}; nothing that is configured goes through it` }]
      : [{ isNeeded: true, sentence: `${name}: ${problem}; or add ${hostname} to NO_PROXY if it needs no proxy` }];
  });
  const sentences = (isNeeded: boolean) =>
    judged.filter((each) => each.isNeeded === isNeeded).map((each) => each.sentence);
  return { problems: sentences(true), warnings: sentences(false) };
}
