// The files that pages load, all of them ours: read once, served as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { ASSETS } from '../files.ts';

const FILES = {
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

export function addAssets(app: Hono): void {
  for (const [name, contentType] of Object.entries(FILES)) {
    const content = readFileSync(join(ASSETS, name), 'utf8');
    app.get(`/assets/${name}`, (context) =>
      context.body(content, 200, { 'content-type': contentType, 'cache-control': 'max-age=300' }),
    );
  }
}
