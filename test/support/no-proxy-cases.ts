// What NO_PROXY excepts from the proxy. `curl` and `go`: what they do where it is not what we do; test/campaigns/no-proxy asks them.

export interface NoProxyCase {
  readonly noProxy: string;
  readonly url: string;
  readonly isDirect: boolean;
  readonly curl?: boolean;
  readonly go?: boolean;
}

type Row = readonly [noProxy: string, host: string, isDirect: boolean, others?: { curl?: boolean; go?: boolean }];

const ROWS: readonly Row[] = [
  // Nothing, everything, this machine. curl has no rule for it.
  ['', 'oasis.lab.example', false],
  ['*', 'oasis.lab.example', true],
  ['a.example,*', 'oasis.lab.example', true, { curl: false, go: true }],
  ['', 'localhost', true, { curl: false }],
  ['', 'localhost.', true, { curl: false, go: false }],
  ['', 'nomad.localhost', true, { curl: false, go: false }],
  ['', '127.0.0.1', true, { curl: false }],
  ['', '127.8.9.1:9697', true, { curl: false }],
  ['', '[::1]:9697', true, { curl: false }],
  ['', '[::ffff:127.0.0.1]', true, { curl: false }],
  ['', '128.0.0.1', false],
  ['', 'localhost.lab.example', false],
  ['', 'mylocalhost', false],
  // Names.
  ['oasis.lab.example', 'oasis.lab.example', true],
  ['lab.example', 'oasis.lab.example', true],
  ['lab.example', 'a.b.lab.example', true],
  ['lab.example', 'lab.example', true],
  ['lab.example', 'mylab.example', false],
  ['lab.example', 'lab.example.org', false],
  ['oasis.lab.example', 'lab.example', false],
  ['.lab.example', 'oasis.lab.example', true],
  ['.lab.example', 'lab.example', true, { go: false }],
  ['.lab.example', 'mylab.example', false],
  ['*.lab.example', 'oasis.lab.example', true, { curl: false }],
  ['*.lab.example', 'lab.example', false],
  ['*.lab.example', 'mylab.example', false],
  ['LAB.example', 'oasis.lab.EXAMPLE', true],
  ['lab.example.', 'oasis.lab.example', true, { go: false }],
  ['lab.example', 'oasis.lab.example.', true, { go: false }],
  ['bücher.example', 'oasis.xn--bcher-kva.example', true, { curl: false }],
  ['xn--bcher-kva.example', 'oasis.bücher.example', true],
  ['example', 'oasis.lab.example', true],
  // Lists.
  ['a.example,lab.example', 'oasis.lab.example', true],
  ['a.example, lab.example ,b.example', 'oasis.lab.example', true],
  ['a.example lab.example', 'oasis.lab.example', true, { go: false }],
  [',,lab.example,', 'oasis.lab.example', true],
  // Ports.
  ['lab.example:8443', 'lab.example:8443', true, { curl: false }],
  ['lab.example:8443', 'lab.example', false],
  ['lab.example:80', 'oasis.lab.example', true, { curl: false }],
  ['10.1.2.3:8000', '10.1.2.3:8000', true, { curl: false }],
  ['10.1.2.3:8000', '10.1.2.3:8001', false],
  ['[fd00::5]:8000', '[fd00::5]:8000', true, { curl: false }],
  ['[fd00::5]:8000', '[fd00::5]', false],
  // Addresses and networks.
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.30', false],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['192.168.4.0/22', '192.168.7.255', true],
  ['192.168.4.0/22', '192.168.8.0', false],
  ['10.1.2.3/32', '10.1.2.3', true],
  ['0.0.0.0/0', '203.0.113.7', true, { curl: false }],
  ['10.0.0.0/33', '10.0.0.1', false],
  ['10.0.0.0/8', '10.lab.example', false],
  ['fd00::5', '[fd00::5]', true],
  ['[fd00::5]', '[fd00::5]', true, { curl: false, go: false }],
  ['FD00:0:0::5', '[fd00::5]', true, { curl: false }],
  ['fd00::/8', '[fd12::1]', true, { curl: false }],
  ['fd00::/8', '[fe80::1]', false],
  ['.1.2.3', '10.1.2.3', false],
  ['2.3', '10.1.2.3', false],
];

export const NO_PROXY_CASES: readonly NoProxyCase[] = ROWS.map(([noProxy, host, isDirect, others]) => ({
  noProxy,
  url: `http://${host}/api/v1`,
  isDirect,
  ...others,
}));
