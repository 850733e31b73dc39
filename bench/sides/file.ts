// Plain files from the disk, by the server and the compression that the monitor's pages come through. Argument: their folder.
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

const [folder = ''] = process.argv.slice(2);
const app = new Hono();
app.use(compress());
app.get('/:name', async (context) =>
  context.body(await readFile(join(folder, basename(context.req.param('name')))), 200, {
    'content-type': context.req.query('type') ?? 'text/html; charset=UTF-8',
  }),
);
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
server.once('listening', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
