// openapi.json is complete: every address, every answer that it can give, every parameter with its limits, and what is asked of those who come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthConfig } from '../../src/http/auth.ts';
import { allRoutes, startSite } from '../support/site.ts';
import { NO_PAGES, allViews } from '../support/views.ts';
import type { TestContext } from 'node:test';

interface Described {
  readonly description?: string;
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly required?: boolean;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly (Described & { readonly name: string; readonly in: string })[];
  readonly responses: Readonly<
    Record<string, { readonly headers?: Readonly<Record<string, Described>>; readonly content?: object }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly license: object };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, { readonly scheme: string }>>;
  };
}

async function documentOf(context: TestContext, access: AuthConfig = { token: null, basic: null }): Promise<Document> {
  const url = await startSite(context, { access });
  const authorization = `Bearer ${access.token ?? ''}`;
  const answer = await fetch(`${url}/api/v1/openapi.json`, { headers: access.token === null ? {} : { authorization } });
  return (await answer.json()) as Document;
}

test('its head', async (context) => {
  const { openapi, info, servers, security, components } = await documentOf(context);
  assert.equal(openapi, '3.1.0');
  assert.deepEqual(
    [info.title, info.version, Object.keys(info.license)],
    ['nomad-upload-monitor', '0.0.0', ['name', 'url']],
  );
  assert.deepEqual(servers, [{ url: '/api/v1', description: 'This monitor.' }]);
  assert.deepEqual(security, []);
  assert.deepEqual(
    Object.entries(components.securitySchemes).map(([name, { scheme }]) => [name, scheme]),
    [
      ['token', 'bearer'],
      ['password', 'basic'],
    ],
  );
});

test('it says which secret this monitor takes', async (context) => {
  const { security } = await documentOf(context, { token: 't', basic: null });
  assert.deepEqual(security, [{ token: [] }]);
  const both = await documentOf(context, { token: 't', basic: { username: 'a', password: 'b' } });
  assert.deepEqual(both.security, [{ token: [] }, { password: [] }]);
});

test('behind a proxy its address is the public one', async (context) => {
  const url = await startSite(context, { publicUrl: 'https://monitor.lab.example/nomad-monitor' });
  const { servers } = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Document;
  assert.deepEqual(servers, [
    { url: 'https://monitor.lab.example/nomad-monitor/api/v1', description: 'This monitor.' },
  ]);
});

const apiOf = (routes: ReturnType<typeof allRoutes>['site']) => {
  const served = routes
    .map(({ path }) => path)
    .filter((path) => path.startsWith('/api/v1/') && !path.endsWith('*') && !path.endsWith('/openapi.json'))
    .map((path) => path.replace('/api/v1', '').replace(/:(\w+)/, '{$1}'));
  return [...new Set(served)].sort();
};

test('it has every address of the API', async (context) => {
  const { paths } = await documentOf(context);
  assert.deepEqual(Object.keys(paths).sort(), apiOf(allRoutes().accounts));
});

test('where several accounts are watched, there is one for the list of them, and one for each', async (context) => {
  const views = allViews();
  const all = ['ada', 'grace'].map((name) => ({ name, views, changes: NO_PAGES.changes }));
  const url = await startSite(context, { accounts: () => all });
  const document = async (path: string) =>
    (await (await fetch(`${url}${path}/api/v1/openapi.json`)).json()) as Document;
  const { paths, servers } = await document('');
  assert.deepEqual(Object.keys(paths), apiOf(allRoutes().site));
  assert.equal(servers[0]?.url, '/api/v1');
  const own = await document('/accounts/ada');
  assert.deepEqual(Object.keys(own.paths).sort(), apiOf(allRoutes().accounts));
  assert.equal(own.servers[0]?.url, '/accounts/ada/api/v1');
});

test('each operation has its words, each parameter its limits and its example, each answer its headers and its shape', async (context) => {
  const { paths } = await documentOf(context);
  const problems: string[] = [];
  const need = (what: string, isThere: boolean) => {
    if (!isThere) problems.push(what);
  };
  for (const [path, { get: operation }] of Object.entries(paths)) {
    need(`${path}: words`, [operation.operationId, operation.summary, operation.description].every(Boolean));
    for (const { name, description, schema = {} } of operation.parameters) {
      need(`${path} ${name}: description`, description !== undefined && description !== '');
      const limits = ['maximum', 'maxLength', 'enum', 'pattern', 'anyOf'];
      need(`${path} ${name}: limits`, name === 'if-none-match' || limits.some((each) => each in schema));
      need(`${path} ${name}: example`, name === 'after' || 'example' in schema);
    }
    const codes = Object.keys(operation.responses);
    const always = ['200', '304', '400', '401', '403', '421', '429', '500', '503'];
    need(
      `${path}: ${codes.join()}`,
      always.every((code) => codes.includes(code)),
    );
    for (const [code, { headers = {}, content = {} }] of Object.entries(operation.responses)) {
      const types = Object.keys(content).join();
      const wanted = { '200': 'application/json', '304': '' }[code] ?? 'application/problem+json';
      need(`${path} ${code}: ${types}`, types === wanted);
      const isKept = code === '200' || code === '304';
      const required = isKept
        ? ['ETag', 'Cache-Control', 'Vary']
        : ({ '401': ['WWW-Authenticate'], '429': ['Retry-After'], '503': ['Retry-After'] }[code] ?? []);
      for (const name of required) need(`${path} ${code}: ${name}`, headers[name]?.required === true);
    }
  }
  assert.deepEqual(problems, []);
  assert.deepEqual(Object.keys(paths['/uploads/{upload_id}']?.get.responses ?? {}).includes('404'), true);
});
