#!/usr/bin/env bash
# nomad-lab 2.0.0: after `nomad admin uploads reset` an upload accepts no process any more.
#
# Expected: the reset, which NOMAD's own comment recommends for processes that are "stuck", makes an upload ready for its next process, as it did
# up to 1.3 (Celery).
# Observed: it sets the status to READY and clears the process, but not the id of the Temporal workflow. Every further process is refused, as if
# one were still at work. With real workers (1.4.3, 2.0.0), process, stop, edit and adding a file are then all refused; the upload can only be
# deleted. "Stop processing" by the author does free a stuck upload.
#
# Installs pinned packages from PyPI into a temporary folder (about 700 MB), and does to an upload what the route and the command do. Needs
# Python 3.11 and uv. Fails if NOMAD behaves differently.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet --python 3.11 "$folder/venv"
uv pip install --quiet --no-deps --python "$folder/venv/bin/python" -r "$here/../test/campaigns/real-nomad/requirements-2.0.0.txt"
cd "$folder"
seen=$("$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import logging
import os
import tempfile
from importlib.metadata import version

os.environ.update(NOMAD_LOGSTASH_ENABLED='false', NOMAD_FS_WORKING_DIRECTORY=tempfile.mkdtemp())
logging.disable(logging.CRITICAL)
import mongoengine
import mongomock

mongoengine.connect('nomad', mongo_client_class=mongomock.MongoClient)
from nomad.processing import Upload
from nomad.processing.base import ProcessAlreadyRunning


def stored():
    return Upload.objects(upload_id='an upload').first()


def order():
    try:
        stored().setup_upload_for_workflow('a workflow', '_process_upload')
        return 'taken'
    except ProcessAlreadyRunning as error:
        return str(error)


Upload(upload_id='an upload', main_author='an author').save()
first = order()
# nomad.cli.admin.uploads.reset
upload = stored()
upload.reset(force=True)
upload.save()
status = f'{stored().process_status}, workflows {stored().workflow_ids}'
print(f'nomad-lab {version("nomad-lab")}: processed: {first}; reset: {status}; processed again: {order()}')
PYTHON
)
echo "$seen"
[ "$seen" = "nomad-lab 2.0.0: processed: taken; reset: READY, workflows ['a workflow']; processed again: Upload is currently blocked by another process" ]
