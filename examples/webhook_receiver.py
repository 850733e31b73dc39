"""A receiver for WEBHOOK_URL: verifies the signature (Standard Webhooks), drops repeats, prints what happened. Python 3.9, no packages.

    WEBHOOK_SECRET=whsec_… python3 webhook_receiver.py 9000
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ['WEBHOOK_SECRET']
KEY = base64.b64decode(SECRET[len('whsec_') :]) if SECRET.startswith('whsec_') else SECRET.encode()
seen = set()


def is_genuine(headers, body):
    # Five minutes: an old message that is sent again is not taken.
    if abs(time.time() - int(headers.get('webhook-timestamp', '0'))) > 300:
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    given = [each.partition(',')[2] for each in headers.get('webhook-signature', '').split()]
    return any(hmac.compare_digest(expected, each) for each in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        if not is_genuine(self.headers, body):
            self.send_response(401)
        else:
            self.send_response(204)
            event = json.loads(body)
            # The same delivery may arrive twice; its event has the same id.
            if event['id'] not in seen:
                seen.add(event['id'])
                name = (event['data'].get('upload') or {}).get('name') or ''
                print(event['time'], event['data']['kind'], name, flush=True)
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == '__main__':
    server = HTTPServer(('127.0.0.1', int(sys.argv[1])), Receiver)
    print(f'http://127.0.0.1:{server.server_port}/', flush=True)
    server.serve_forever()
