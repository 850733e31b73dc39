"""A mail server that keeps every mail: sink.py PORT FILE. One line of JSON a mail. Ends with its standard input."""
import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller


class Keep:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(('plain',))
        kept = {
            'to': envelope.rcpt_tos,
            'id': str(mail['message-id']),
            'subject': str(mail['subject']),
            'text': body.get_content() if body else '',
        }
        with open(sys.argv[2], 'a') as file:
            file.write(json.dumps(kept) + '\n')
        return '250 OK'


controller = Controller(Keep(), hostname='127.0.0.1', port=int(sys.argv[1]))
controller.start()
print('ready', flush=True)
sys.stdin.read()
controller.stop()
