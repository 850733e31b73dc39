"""The real NOMAD server, Celery's or Temporal's, on loopback: its own routers, token checks, models, processing and error texts.

    serve.py --port PORT [--longest-app-token SECONDS] [--access-token-life SECONDS]

What surrounds it is stood in for (surroundings.py: database, people, search), and so is what carries its work to the worker
(worker.py): uploads are processed by NOMAD's own code, a step at a time, as a test says by /control (controls.py).
Prints "ready" once it listens; ends, and takes its files along, when its standard input does: no test run can leave it behind.
"""

import argparse
import asyncio
import os
import shutil
import sys
import threading
import time
from email.utils import formatdate

import surroundings

arguments = argparse.ArgumentParser()
arguments.add_argument('--port', type=int, required=True)
arguments.add_argument('--longest-app-token', type=int, default=2_592_000)
arguments.add_argument('--access-token-life', type=int, default=300)
arguments = arguments.parse_args()

# The order matters: each is in place before NOMAD's modules take it over by name.
surroundings.connect(arguments.longest_app_token)
surroundings.put_up_people(arguments.access_token_life)
surroundings.put_up_search()

import uvicorn
import worker
from controls import control
from fastapi import FastAPI

from nomad.app.v1.main import app as nomad_app

worker.take_orders()

app = FastAPI()
app.mount('/control', control)
app.mount('/prod/v1/api/v1', nomad_app)


async def slowed(scope, receive, send):
    delay = surroundings.faults['delay']
    if scope['type'] == 'http' and delay > 0 and not scope['path'].startswith('/control'):
        await asyncio.sleep(delay)
    await app(scope, receive, dated(send))


def dated(send):
    """The server's clock, as its answers tell it."""

    async def send_with_date(message):
        if message['type'] == 'http.response.start':
            date = formatdate(time.time() + surroundings.faults['ahead'], usegmt=True)
            message = message | dict(headers=[*message['headers'], (b'date', date.encode())])
        await send(message)

    return send_with_date


def end_with_the_test():
    sys.stdin.read()
    shutil.rmtree(surroundings.folder, ignore_errors=True)
    os._exit(0)


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print('ready', flush=True)


if __name__ == '__main__':
    threading.Thread(target=end_with_the_test, daemon=True).start()
    Server(uvicorn.Config(slowed, host='127.0.0.1', port=arguments.port, lifespan='off', log_level='warning', date_header=False)).run()
