// The head of openapi.json: what the API is, and what this monitor asks of those who use it.
import type { OpenAPIHono } from '@hono/zod-openapi';
import { publicAddress } from '../../domain/text/links.ts';
import type { AuthConfig } from '../auth.ts';
import { API } from '../problem.ts';

const DESCRIPTION = `What the monitor knows about the uploads that it watches, as its pages show it.

- Everything is read by GET (or HEAD); any other method is answered with 405. Nothing can be changed here.
- Times are RFC 3339 in UTC. null: not known, or absent.
- Errors are reported as application/problem+json (RFC 9457): \`detail\` is one sentence for people.
- Answers may get additional fields; the existing ones stay.`;

export interface DocumentOptions {
  readonly version: string;
  readonly access: AuthConfig;
  readonly publicUrl: string | null;
  /** The path below which this API is, without a slash at the end. */
  readonly below?: string;
}

export function addDocument(api: OpenAPIHono, { version, access, publicUrl, below = '' }: DocumentOptions): void {
  const { token, basic } = access;
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'HTTP_TOKEN of the monitor.',
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'password', {
    type: 'http',
    scheme: 'basic',
    description: 'HTTP_USERNAME and HTTP_PASSWORD of the monitor.',
  });
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'nomad-upload-monitor',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicAddress(publicUrl, API) ?? `${below}${API}`, description: 'This monitor.' }],
    // Either is enough; none where the monitor has neither.
    security: [...(token === null ? [] : [{ token: [] }]), ...(basic === null ? [] : [{ password: [] }])],
  });
}
