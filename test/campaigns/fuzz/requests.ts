// Requests as they come over a raw socket: made by structure, and good ones mutated by bytes.
import fc from 'fast-check';
import { mutated, shown } from './bytes.ts';
import { AUTHS, BODIES, FIELDS, HOSTS, METHODS, TARGETS, TOKEN, VALUES } from './request-words.ts';
import { NASTY, hostileText } from './text.ts';

const field = fc
  .tuple(
    fc.constantFrom(...FIELDS),
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 1, arbitrary: hostileText.map((text) => text.slice(0, 3000)) },
    ),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant(': ') },
      { weight: 1, arbitrary: fc.constantFrom(':', ' : ', ':\t', ': \r\n ') },
    ),
  )
  .map(([name, value, between]) => `${name}${between}${value}`);
const usually = (usual: string, all: readonly string[]) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...all) });

const one = (...of: readonly string[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 1 });

const made = fc
  .record({
    method: usually('GET', METHODS),
    target: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...TARGETS) },
      { weight: 1, arbitrary: hostileText.map((text) => `/${text.slice(0, 500)}`) },
    ),
    version: usually('HTTP/1.1', ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.9', 'http/1.1', 'HTTP/1.1 x', '']),
    hosts: fc.oneof(
      { weight: 5, arbitrary: one('localhost') },
      { weight: 4, arbitrary: one(...HOSTS) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...HOSTS), { maxLength: 3 }) },
    ),
    auths: fc.oneof(
      { weight: 6, arbitrary: one(...AUTHS) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...AUTHS), { maxLength: 3 }) },
    ),
    fields: fc.array(field, { maxLength: 2 }),
    many: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(150, 3000) }),
    end: usually('\r\n', ['\n', '\r', '']),
    body: usually('', BODIES),
  })
  .map(({ method, target, version, hosts, auths, fields, many, end, body }) => {
    const rest = Array.from({ length: many }, (_, index) => `x-${index}: ${index}`);
    const lines = [
      `${method} ${target} ${version}`,
      ...hosts.map((host) => `Host: ${host}`),
      ...auths.map((auth) => `Authorization: ${auth}`),
      ...fields,
      ...rest,
    ];
    return Buffer.from(`${lines.join(end)}${end}${end}${body}`, 'latin1');
  });

const GOOD = ['/metrics', '/healthz', '/readyz', '/'].map((path) =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nAccept-Encoding: gzip\r\n\r\n`,
  ),
);
const DICTIONARY = [
  ...NASTY,
  '\r\n',
  '\n',
  '\r\n\r\n',
  ' ',
  ':',
  ...TARGETS,
  ...FIELDS.map((name) => `\r\n${name}: `),
  ...VALUES,
  ...AUTHS.map((auth) => `\r\nAuthorization: ${auth}`),
  ...HOSTS.map((host) => `\r\nHost: ${host}`),
  ...BODIES,
  Buffer.from([0xff]),
  Buffer.from([0]),
];

export const requests: fc.Arbitrary<Buffer> = fc
  .oneof({ weight: 3, arbitrary: made }, { weight: 2, arbitrary: mutated({ corpus: GOOD, dictionary: DICTIONARY }) })
  .map(shown);
