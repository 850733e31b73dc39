"""What stands around NOMAD here: its settings, a database in memory, people who log in without Keycloak, a search that knows nothing.

Imported before anything else of NOMAD: it decides where NOMAD's files lie and which database it is connected to.
"""

import datetime
import importlib
import importlib.metadata
import os
import tempfile
import time
import types
import uuid

VERSION = importlib.metadata.version('nomad-lab')
#: Up to 1.3 processing is Celery's, from 1.4 on Temporal's.
IS_TEMPORAL = not VERSION.startswith('1.3.')

folder = tempfile.mkdtemp(prefix='real-nomad-')
for name in ('work', 'tmp'):
    os.mkdir(f'{folder}/{name}')


def settings(longest_app_token):
    return dict(
        NOMAD_SERVICES_API_BASE_PATH='/prod/v1',
        NOMAD_SERVICES_API_SECRET='one-secret-of-at-least-thirty-two-characters',
        NOMAD_SERVICES_APP_TOKEN_MAX_EXPIRES_IN=str(longest_app_token),
        NOMAD_SERVICES_MODE='development',
        NOMAD_SERVICES_ADMIN_USER_ID=ADMIN,
        NOMAD_LOGSTASH_ENABLED='false',
        NOMAD_NORTH_ENABLED='false',
        NOMAD_FS_PUBLIC=f'{folder}/public',
        NOMAD_FS_STAGING=f'{folder}/staging',
        NOMAD_FS_TMP=f'{folder}/tmp',
        NOMAD_FS_WORKING_DIRECTORY=f'{folder}/work',
        TMPDIR=f'{folder}/tmp',
    )


# ---- people ----------------------------------------------------------------------------------------------------------------------

ADMIN = '0b1f3a52-7d8e-4c1b-8f5a-3e2d1c0b9a87'
PEOPLE = {
    'ada': ('68878af7-6845-46c0-b2c1-250d4d8eb470', 'Ada', 'Lovelace', 'p&ss wörd/?'),
    'grace': ('a03af8b6-3aa7-428a-b3b1-4a6317e576b6', 'Grace', 'Hopper', 'cobol'),
    'emmy': ('5f1d6c2e-8d3b-4b77-9a55-0c2f6f0f7c11', 'Emmy', 'Noether', 'invariant'),
    'lise': ('c9a7f0c4-52f1-4a1e-9b0e-7d3c1c5f8a22', 'Lise', 'Meitner', 'fission'),
    'admin': (ADMIN, 'Ad', 'Min', 'all'),
}
#: Logs in, but the directory does not know the user.
GHOST = ('ghost', '00000000-0000-4000-8000-000000000000', 'boo')
#: What the surroundings do wrong at the moment; see /control/faults.
NO_FAULTS = dict(
    delay=0.0,
    ahead=0.0,
    login_down=False,
    locked=[],
    disabled=[],
    search_down=False,
    directory_down=False,
    leaves_out_unknown=False,
    broker_down=False,
)
faults = dict(NO_FAULTS)


def connect(longest_app_token):
    os.environ.update(settings(longest_app_token))
    import mongoengine
    import mongomock
    from mongomock.collection import BulkOperationBuilder

    def add_update(self, *args, sort=None, original=BulkOperationBuilder.add_update, **more):
        """Newer clients hand on an order that mongomock does not know; NOMAD asks for none."""
        return original(self, *args, **more)

    BulkOperationBuilder.add_update = add_update
    mongoengine.connect('nomad', mongo_client_class=mongomock.MongoClient)


def find(*names):
    """The first of some modules that this version of NOMAD has."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise ModuleNotFoundError(names)


def put_up_people(access_token_life):
    """In place of Keycloak and of its directory of users."""
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa

    from nomad import datamodel, infrastructure
    from nomad.config import config

    login_module = find('nomad.auth.keycloak', 'nomad.infrastructure')
    directory_module = find('nomad.auth.user_management', 'nomad.infrastructure')
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    class Login(login_module.Keycloak):
        def __init__(self):
            super().__init__()
            self._Keycloak__public_keys = {'here': key.public_key()}
            self._Keycloak__issuer = self.realm()
            # 1.4.1 asks for the issuer at each token.
            self._Keycloak__oidc_client = types.SimpleNamespace(well_known=lambda: dict(issuer=self.realm()))

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
            now = int(time.time())
            claims = dict(
                sub=user_id,
                preferred_username=username,
                iss=self.realm(),
                iat=now,
                exp=now + access_token_life,
                jti=uuid.uuid4().hex,
            )
            token = jwt.encode(claims, key, algorithm='RS256', headers={'kid': 'here'})
            if not hasattr(login_module, 'OIDCToken'):
                return token
            return login_module.OIDCToken(
                access_token=token,
                token_type='Bearer',
                expires_in=access_token_life,
                refresh_token='none',
                refresh_expires_in=access_token_life,
                scope='openid',
            )

    class Directory(directory_module.UserManagement):
        def get_user(self, user_id=None, username=None, email=None, **_):
            if faults['directory_down']:
                raise RuntimeError('the directory cannot be reached')
            for name, (known_id, first, last, _) in PEOPLE.items():
                if user_id == known_id or username == name or (email is not None and email == f'{name}@lab.example'):
                    return datamodel.User(
                        user_id=known_id, username=name, email=f'{name}@lab.example', first_name=first, last_name=last
                    )
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

    # 1.4.1 has the module of this name here, not the object.
    if not isinstance(getattr(auth_router, 'keycloak', None), (types.ModuleType, type(None))):
        auth_router.keycloak = login


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


def put_up_search():
    """Before anything that imports a function of it by name."""
    from nomad import search as search_module

    def check():
        if faults['search_down']:
            raise ConnectionError('the search cannot be reached')

    def search(*_, query=None, **__):
        check()

        class Found:
            # As large as a real one: this is why pages of entries must be small.
            data = [dict(entry_id=entry_id, results=dict(material='x' * 20_000)) for entry_id in ids_in(query)]

        return Found()

    def forget(answer):
        def forgotten(*_, **__):
            check()
            return answer

        return forgotten

    search_module.search = search
    #: What could not be indexed.
    search_module.index = forget({})
    for name in ('publish', 'unpublish', 'update_metadata', 'delete_upload', 'delete_entry', 'refresh'):
        if hasattr(search_module, name):
            setattr(search_module, name, forget(0))


def utc():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
