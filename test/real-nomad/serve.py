"""The real NOMAD server, 1.x or 2.x, on loopback: its own routers, token checks, models and error texts.

    serve.py --port PORT [--longest-app-token SECONDS] [--access-token-life SECONDS]

Its surroundings are stood in for: the database is in memory, people log in here instead of at Keycloak, and the search knows what
/control was told. Nothing is ever processed: /control changes the documents as processing would, and makes the surroundings fail.
Prints "ready" once it listens; ends, and takes its files along, when its standard input does: no test run can leave it behind.
"""

import argparse
import asyncio
import datetime
import os
import shutil
import sys
import tempfile
import threading
import time
import uuid
from unittest import mock

arguments = argparse.ArgumentParser()
arguments.add_argument('--port', type=int, required=True)
arguments.add_argument('--longest-app-token', type=int, default=2_592_000)
arguments.add_argument('--access-token-life', type=int, default=300)
arguments = arguments.parse_args()

folder = tempfile.mkdtemp(prefix='real-nomad-')
os.environ.update(
    NOMAD_SERVICES_API_BASE_PATH='/prod/v1',
    NOMAD_SERVICES_API_SECRET='one-secret-of-at-least-thirty-two-characters',
    NOMAD_SERVICES_APP_TOKEN_MAX_EXPIRES_IN=str(arguments.longest_app_token),
    NOMAD_SERVICES_MODE='development',
    NOMAD_LOGSTASH_ENABLED='false',
    NOMAD_NORTH_ENABLED='false',
    NOMAD_FS_PUBLIC=f'{folder}/public',
    NOMAD_FS_STAGING=f'{folder}/staging',
    NOMAD_FS_TMP=f'{folder}/tmp',
)

import jwt
import mongoengine
import mongomock
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import Body, FastAPI, HTTPException

mongoengine.connect('nomad', mongo_client_class=mongomock.MongoClient)

from nomad import datamodel, infrastructure
from nomad.config import config

try:
    from nomad.auth import keycloak as login_module
    from nomad.auth import user_management as directory_module
    from nomad.mongo.groups import MongoUserGroup

    GENERATION = 2
except ImportError:
    login_module = directory_module = infrastructure
    from nomad.groups import MongoUserGroup

    GENERATION = 1

# ---- people ----------------------------------------------------------------------------------------------------------------------

PEOPLE = {
    'ada': ('68878af7-6845-46c0-b2c1-250d4d8eb470', 'Ada', 'Lovelace', 'p&ss wörd/?'),
    'grace': ('a03af8b6-3aa7-428a-b3b1-4a6317e576b6', 'Grace', 'Hopper', 'cobol'),
    'emmy': ('5f1d6c2e-8d3b-4b77-9a55-0c2f6f0f7c11', 'Emmy', 'Noether', 'invariant'),
    'lise': ('c9a7f0c4-52f1-4a1e-9b0e-7d3c1c5f8a22', 'Lise', 'Meitner', 'fission'),
}
#: Logs in, but the directory does not know the user.
GHOST = ('ghost', '00000000-0000-4000-8000-000000000000', 'boo')
#: What the surroundings do wrong at the moment; see /control/faults.
NO_FAULTS = dict(delay=0.0, login_down=False, locked=[], disabled=[], search_down=False, directory_down=False, leaves_out_unknown=False)
faults = dict(NO_FAULTS)
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Login(login_module.Keycloak):
    def __init__(self):
        super().__init__()
        self._Keycloak__public_keys = {'here': key.public_key()}
        self._Keycloak__issuer = self.realm()

    @staticmethod
    def realm():
        return f'{config.keycloak.public_server_url.rstrip("/")}/realms/{config.keycloak.realm_name}'

    def basicauth(self, username, password):
        if faults['login_down']:
            raise RuntimeError('the identity server cannot be reached')
        if username in faults['disabled']:
            raise RuntimeError('400: Account disabled')
        known = {name: (user_id, secret) for name, (user_id, _, _, secret) in PEOPLE.items()}
        known[GHOST[0]] = GHOST[1:]
        user_id, secret = known.get(username, (None, None))
        if secret is None or secret != password or username in faults['locked']:
            raise login_module.KeycloakError('401: invalid_grant')
        now, life = int(time.time()), arguments.access_token_life
        claims = dict(sub=user_id, preferred_username=username, iss=self.realm(), iat=now, exp=now + life, jti=uuid.uuid4().hex)
        token = jwt.encode(claims, key, algorithm='RS256', headers={'kid': 'here'})
        if GENERATION == 1:
            return token
        return login_module.OIDCToken(
            access_token=token, token_type='Bearer', expires_in=life, refresh_token='none', refresh_expires_in=life, scope='openid'
        )


class Directory(directory_module.UserManagement):
    def get_user(self, user_id=None, username=None, email=None, **_):
        if faults['directory_down']:
            raise RuntimeError('the directory cannot be reached')
        for name, (known_id, first, last, _) in PEOPLE.items():
            if user_id == known_id or username == name or (email is not None and email == f'{name}@lab.example'):
                return datamodel.User(user_id=known_id, username=name, email=f'{name}@lab.example', first_name=first, last_name=last)
        if faults['leaves_out_unknown']:
            raise KeyError(user_id)
        return None

    async def a_get_user(self, *args, **kwargs):
        return self.get_user(*args, **kwargs)

    def search_user(self, query):
        return [self.get_user(username=name) for name in PEOPLE if query.lower() in name]

    def add_user(self, *args, **kwargs):
        raise NotImplementedError


login, directory = Login(), Directory()
login_module.keycloak = infrastructure.keycloak = login
directory_module.user_management = infrastructure.user_management = directory

import nomad.app.v1.routers.auth as auth_router
from nomad.app.v1.main import app as nomad_app

if GENERATION == 2:
    auth_router.keycloak = login
    import nomad.app.v1.routers.uploads.default as uploads_router
else:
    import nomad.app.v1.routers.uploads as uploads_router

from nomad.files import StagingUploadFiles
from nomad.processing import Entry, ProcessStatus, Upload

# ---- search ----------------------------------------------------------------------------------------------------------------------


def ids_in(query):
    """The entry ids that a search asks for, wherever they stand in its query."""
    if isinstance(query, dict):
        for name, value in query.items():
            values = getattr(value, 'op', value)
            yield from values if name.startswith('entry_id') and isinstance(values, list) else ids_in(value)
    elif isinstance(query, list):
        for value in query:
            yield from ids_in(value)
    elif hasattr(query, 'dict'):
        yield from ids_in(query.dict())


def search(*_, query=None, **__):
    if faults['search_down']:
        raise RuntimeError('ConnectionError: the search cannot be reached')

    class Found:
        # As large as a real one: this is why pages of entries must be small.
        data = [dict(entry_id=entry_id, results=dict(material='x' * 20_000)) for entry_id in ids_in(query)]

    return Found()


uploads_router.search = search

# ---- control ---------------------------------------------------------------------------------------------------------------------

control = FastAPI()


def with_times(values):
    return {name: datetime.datetime.fromisoformat(value) if name.endswith('_time') and value else value for name, value in values.items()}


@control.post('/uploads')
def create_upload(values: dict = Body(...)):
    values = with_times(values)
    values.setdefault('upload_id', uuid.uuid4().hex[:22])
    values.setdefault('main_author', PEOPLE['ada'][0])
    values.setdefault('upload_create_time', datetime.datetime.utcnow())
    Upload(**values).save()
    return {'upload_id': values['upload_id']}


@control.patch('/uploads/{upload_id}')
def change_upload(upload_id: str, values: dict = Body(...)):
    upload = Upload.objects(upload_id=upload_id).first()
    if upload is None:
        raise HTTPException(404, 'no such upload')
    for name, value in with_times(values).items():
        setattr(upload, name, value)
    upload.save()
    return {}


@control.delete('/uploads/{upload_id}')
def delete_upload(upload_id: str):
    Entry.objects(upload_id=upload_id).delete()
    Upload.objects(upload_id=upload_id).delete()
    return {}


@control.post('/uploads/{upload_id}/reset')
def reset_upload(upload_id: str, values: dict = Body({})):
    """What `nomad admin uploads reset` does, by NOMAD's own code; `process_status` as its --success and --failure set it."""
    upload = Upload.objects(upload_id=upload_id).first()
    upload.reset(force=True)
    upload.process_status = values.get('process_status', upload.process_status)
    upload.save()
    return {}


@control.post('/uploads/{upload_id}/schedule')
def schedule_run(upload_id: str, values: dict = Body(...)):
    """NOMAD's own code, up to where it would hand the work to a worker."""
    upload = Upload.objects(upload_id=upload_id).first()
    if GENERATION == 1:
        upload._sync_schedule_process(values['process'])
    else:
        upload.setup_upload_for_workflow(uuid.uuid4().hex, values['process'])
    return {}


class Halfway(Exception):
    pass


@control.post('/uploads/{upload_id}/end')
def end_run(upload_id: str, values: dict = Body(...)):
    """Ends a run with `errors`, or well without any, by NOMAD's own code (but for the three values of a good end). NOMAD first saves
    the end with the status RUNNING and then the status: with `halfway` this stops in between, and /finish goes on."""
    upload = Upload.objects(upload_id=upload_id).first()

    def end():
        if values.get('errors'):
            return upload.fail(*values['errors'])
        upload.process_status, upload.complete_time = ProcessStatus.SUCCESS, datetime.datetime.utcnow()
        upload.last_status_message = f'Process {upload.current_process} completed successfully'
        upload._sync_complete_process()

    if not values.get('halfway'):
        end()
        return {}
    with mock.patch.object(Upload._get_collection(), 'find_one_and_update', side_effect=Halfway):
        try:
            end()
        except Halfway:
            pass
    return {}


@control.post('/uploads/{upload_id}/finish')
def finish_run(upload_id: str, values: dict = Body(...)):
    """The second of the two steps: only the status."""
    Upload._get_collection().update_one({'_id': upload_id}, {'$set': {'process_status': values['process_status']}})
    return {}


@control.post('/uploads/{upload_id}/files')
def create_files(upload_id: str):
    """An empty folder for its files, so that NOMAD's own routes can change them."""
    StagingUploadFiles(upload_id, create=True)
    return {}


@control.post('/uploads/{upload_id}/entries')
def create_entries(upload_id: str, entries: list = Body(...)):
    for values in entries:
        values = with_times(values)
        values.setdefault('entry_id', uuid.uuid4().hex[:28])
        values.setdefault('entry_create_time', datetime.datetime.utcnow())
        values.setdefault('parser_name', 'parsers/vasp')
        Entry(upload_id=upload_id, **values).save()
    return {}


@control.post('/groups')
def create_group(values: dict = Body(...)):
    """The first member owns it."""
    group_id, members = values['group_id'], values['members']
    more = {}
    if GENERATION == 2:
        roles = ['owner'] + ['member'] * (len(members) - 1)
        more['members_info'] = [dict(user_id=member, role=role) for member, role in zip(members, roles)]
    MongoUserGroup(group_id=group_id, group_name=group_id, owner=members[0], members=members, **more).save()
    return {}


@control.post('/faults')
def set_faults(values: dict = Body(...)):
    """delay: seconds before each answer; login_down, search_down, directory_down; user names that are locked (refused like a wrong
    password) or disabled (the identity server answers something else); leaves_out_unknown: the directory raises for whom it does not
    know, and NOMAD goes on without. What is not named is mended."""
    faults.update(NO_FAULTS | values)
    return {}


@control.post('/secret')
def change_secret(values: dict = Body({})):
    """As an administrator does: every app token is dead from now on. With `secret` a test can sign tokens itself."""
    secret = values.get('secret', uuid.uuid4().hex + uuid.uuid4().hex)
    config.services.api_secret = type(config.services.api_secret)(secret)
    return {}


@control.post('/clear')
def clear():
    Upload.objects().delete()
    Entry.objects().delete()
    MongoUserGroup.objects().delete()
    faults.update(NO_FAULTS)
    return {}


@control.get('/generation')
def generation():
    return GENERATION


app = FastAPI()
app.mount('/control', control)
app.mount('/prod/v1/api/v1', nomad_app)


async def slowed(scope, receive, send):
    if scope['type'] == 'http' and faults['delay'] > 0 and not scope['path'].startswith('/control'):
        await asyncio.sleep(faults['delay'])
    await app(scope, receive, send)


def end_with_the_test():
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print('ready', flush=True)


if __name__ == '__main__':
    threading.Thread(target=end_with_the_test, daemon=True).start()
    Server(uvicorn.Config(slowed, host='127.0.0.1', port=arguments.port, lifespan='off', log_level='warning')).run()
