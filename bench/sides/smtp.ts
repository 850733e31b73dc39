// A mail server that takes everything and keeps nothing. Tells of each mail that it took: its subject, and when.
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, _session, done) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += text.length < 4000 ? chunk.toString('latin1') : ''));
    stream.on('end', () => {
      done();
      process.send?.({ subject: /^Subject: (.*)$/m.exec(text)?.[1] ?? '', at: Date.now() });
    });
  },
});
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve);
});
process.send?.({ port: (server.server.address() as AddressInfo).port });
