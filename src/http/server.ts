// The HTTP server: a port, and what comes over it that is no request at all. What is answered to requests is the site's affair.
import { type IncomingMessage, STATUS_CODES, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { RequestError, getRequestListener } from '@hono/node-server';
import { STRICT } from './headers.ts';
import { type SiteOptions, createSite } from './routes.ts';

export interface HttpServerOptions extends SiteOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects when the port cannot be had. */
export function startHttp(options: HttpServerOptions): Promise<HttpServer> {
  const server = listening(options);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      const { port } = server.address() as AddressInfo;
      const host = options.host.includes(':') ? `[${options.host.replace(/^\[|\]$/g, '')}]` : options.host;
      resolve({
        url: `http://${host}:${port}`,
        close: () =>
          new Promise((done) => {
            server.close(() => {
              done();
            });
            server.closeAllConnections();
          }),
      });
    });
    server.listen(options.port, options.host);
  });
}

function listening(options: HttpServerOptions): Server {
  const answer = getRequestListener(createSite(options).fetch, {
    hostname: options.host,
    errorHandler: (error) => {
      const isTheirs = error instanceof RequestError;
      if (!isTheirs) options.onError(error);
      return new Response(null, { status: isTheirs ? 400 : 500, headers: STRICT });
    },
  });
  // Without it Node answers by itself to what names no host.
  const server = createServer({ requireHostHeader: false });
  for (const asked of ['request', 'checkExpectation']) {
    server.on(asked, (request: IncomingMessage, response: ServerResponse) => {
      void answer(request, response);
    });
  }
  server.on('clientError', refuse);
  return server;
}

/** By what Node's parser says of what came; anything else is a 400. */
const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Bytes that are no request get an answer as well, with the same headers as any, while somebody is there to get it. */
function refuse(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const lines = Object.entries({ ...STRICT, connection: 'close', 'content-length': '0' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n`);
}
