"""What a test does to NOMAD's world by /control: what no route of NOMAD does. Everything else is ordered by NOMAD's own routes.

A run's course is NOMAD's: /work goes on with what was ordered. `POST /uploads` and `PATCH /uploads/ID` write a document as it is: for
states that need no story (what a listing looks like), and for what NOMAD has no route for (a share, a time).
"""

import builtins
import contextlib
import datetime
import io
import shutil
import types
import uuid

import worker
from fastapi import Body, FastAPI, HTTPException
from surroundings import NO_FAULTS, PEOPLE, VERSION, faults, find, folder, utc

from nomad.config import config
from nomad.files import StagingUploadFiles
from nomad.processing import Entry, Upload

MongoUserGroup = find('nomad.mongo.groups', 'nomad.groups').MongoUserGroup
control = FastAPI()


def with_times(values):
    return {name: datetime.datetime.fromisoformat(value) if name.endswith('_time') and value else value for name, value in values.items()}


def find_upload(upload_id):
    upload = Upload.objects(upload_id=upload_id).first()
    if upload is None:
        raise HTTPException(404, 'no such upload')
    return upload


# ---- documents as they are ---------------------------------------------------------------------------------------------------------


@control.post('/uploads')
def create_upload(values: dict = Body(...)):
    values = with_times(values)
    values.setdefault('upload_id', uuid.uuid4().hex[:22])
    values.setdefault('main_author', PEOPLE['ada'][0])
    values.setdefault('upload_create_time', utc())
    Upload(**values).save()
    return {'upload_id': values['upload_id']}


@control.patch('/uploads/{upload_id}')
def change_upload(upload_id: str, values: dict = Body(...)):
    upload = find_upload(upload_id)
    for name, value in with_times(values).items():
        setattr(upload, name, value)
    upload.save()
    return {}


@control.delete('/uploads/{upload_id}')
def delete_upload(upload_id: str):
    worker.work_on(upload_id).kill()
    Entry.objects(upload_id=upload_id).delete()
    Upload.objects(upload_id=upload_id).delete()
    return {}


@control.post('/uploads/{upload_id}/entries')
def create_entries(upload_id: str, entries: list = Body(...)):
    for values in entries:
        values = with_times(values)
        values.setdefault('entry_id', uuid.uuid4().hex[:28])
        values.setdefault('entry_create_time', utc())
        values.setdefault('parser_name', 'parsers/vasp')
        Entry(upload_id=upload_id, **values).save()
    return {}


@control.post('/uploads/{upload_id}/files')
def create_files(upload_id: str):
    """An empty folder for its files, so that NOMAD's own routes can change them."""
    StagingUploadFiles(upload_id, create=True)
    return {}


# ---- the worker --------------------------------------------------------------------------------------------------------------------


@control.post('/uploads/{upload_id}/work')
def go_on(upload_id: str, values: dict = Body({})):
    """Goes on with what was ordered, to its end or `until` a message is set; with `of`, the message of the entry of that mainfile.
    With `wrong` (the same) and `error` (`OSError: No space left on device`), that step fails."""
    step = lambda name: worker.Step(values[name], values.get('of')) if name in values else None
    kind, _, text = values.get('error', '').partition(': ')
    stands = worker.work_on(upload_id).proceed(step('until'), step('wrong'), getattr(builtins, kind, RuntimeError)(text))
    if ('until' in values) != stands:
        raise HTTPException(409, 'ended before that' if 'until' in values else 'not at its end')
    return {}


@control.post('/uploads/{upload_id}/rest')
def go_on_if_anything(upload_id: str):
    """To the end of what was ordered, if anything is left: Temporal's routes of edit and publish wait for the end themselves."""
    work = worker.work_on(upload_id)
    if work.orders:
        work.proceed()
    return {}


@control.post('/uploads/{upload_id}/lose')
def lose_worker(upload_id: str):
    """The worker is killed and none takes its place: the work is lost, and nothing more is written."""
    worker.work_on(upload_id).kill()
    return {}


# ---- an administrator on the server ------------------------------------------------------------------------------------------------


@control.post('/uploads/{upload_id}/admin')
def on_command_line(upload_id: str, arguments: list = Body(...)):
    """`nomad admin uploads ARGUMENTS -- ID`, in this process: it has the database."""
    from nomad import infrastructure
    from nomad.cli.admin.uploads import uploads

    find_upload(upload_id)
    infrastructure.setup_mongo = infrastructure.setup_elastic = lambda *_, **__: None
    with contextlib.redirect_stdout(io.StringIO()):
        uploads.main([*arguments, '--', upload_id], obj=types.SimpleNamespace(), standalone_mode=False)
    return {}


# ---- people and what surrounds -----------------------------------------------------------------------------------------------------


@control.post('/groups')
def create_group(values: dict = Body(...)):
    """The first member owns it."""
    group_id, members = values['group_id'], values['members']
    more = {}
    if hasattr(MongoUserGroup, 'members_info'):
        roles = ['owner'] + ['member'] * (len(members) - 1)
        more['members_info'] = [dict(user_id=member, role=role) for member, role in zip(members, roles)]
    MongoUserGroup(group_id=group_id, group_name=group_id, owner=members[0], members=members, **more).save()
    return {}


@control.post('/faults')
def set_faults(values: dict = Body(...)):
    """delay: seconds before each answer; ahead: seconds by which the clock of the answers is ahead; login_down, search_down,
    directory_down, broker_down (Celery's broker or Temporal); user names that are locked (refused like a wrong password) or disabled (the identity server answers something else); leaves_out_unknown: the
    directory raises for whom it does not know, and NOMAD goes on without. What is not named is mended."""
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
    worker.kill_all()
    Upload.objects().delete()
    Entry.objects().delete()
    MongoUserGroup.objects().delete()
    for name in ('staging', 'public'):
        shutil.rmtree(f'{folder}/{name}', ignore_errors=True)
    faults.update(NO_FAULTS)
    return {}


@control.get('/version')
def version():
    return VERSION
