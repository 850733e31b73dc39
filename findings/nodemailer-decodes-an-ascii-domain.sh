#!/usr/bin/env bash
# nodemailer 10.6.1: a domain that was given in ASCII is sent in Unicode as soon as what stands before the @ is not ASCII.
#
# Expected (the guess that was written down first): a domain that is already in ASCII (xn--…) is passed on as it is, whatever stands before the @.
# Observed: `ada@xn--bcher-kva.example` stays; of `müller@xn--bcher-kva.example` the domain is decoded, in RCPT TO and in the header To. A server that
# has SMTPUTF8 and knows its domain only as xn--bcher-kva.example then refuses the recipient, though the address that was given is right.
#
# Installs nodemailer from npm into a temporary folder; the mail server is a few lines on 127.0.0.1. Needs Node. Fails if nodemailer behaves differently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund nodemailer@10.6.1
seen=$(node - <<'JS'
const net = require('node:net');
const nodemailer = require('nodemailer');

const seen = [];
const server = net.createServer((socket) => {
  let [rest, isText] = ['', false];
  const answer = (line) => {
    if (isText) {
      if (/^To:/.test(line)) seen.push(line);
      if (line !== '.') return '';
      isText = false;
      return '250 taken\r\n';
    }
    if (/^RCPT/.test(line)) seen.push(line);
    if (/^EHLO/.test(line)) return '250-here\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n';
    isText = line === 'DATA';
    return isText ? '354 go on\r\n' : '250 good\r\n';
  };
  socket.setEncoding('utf8').write('220 here\r\n');
  socket.on('data', (text) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop();
    for (const line of lines) socket.write(answer(line));
  });
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (const to of ['ada@xn--bcher-kva.example', 'müller@xn--bcher-kva.example']) {
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port });
    await transport.sendMail({ from: 'monitor@lab.example', to, text: 'x' });
  }
  console.log(seen.join('\n'));
  process.exit();
});
JS
)
echo "nodemailer 10.6.1:"
echo "$seen"
[ "$seen" = 'RCPT TO:<ada@xn--bcher-kva.example>
To: ada@xn--bcher-kva.example
RCPT TO:<müller@bücher.example>
To: müller@bücher.example' ]
