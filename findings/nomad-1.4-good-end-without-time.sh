#!/usr/bin/env bash
# nomad-lab 1.4.3: the end of a good run sets no complete_time; only a failure does, and its time stays through all good runs after it.
#
# Guessed: complete_time, "the time that processing completed (successfully or not)" in NOMAD's own words, tells each end; a client can
# compare it to see that another run has ended.
# Seen: 1.4.3 has none after a good run, and after a failure and another good run it still has the failure's. So a good run after a good run
# leaves an upload as it was in every field. 2.0.0 sets it at each end. Beside real workers it is the same (1.4.3, 2.0.0).
#
# Installs pinned packages from PyPI into a temporary folder (twice some 700 MB), and ends runs by NOMAD's own last step: good, failed, good.
# Needs Python 3.11 and uv. Fails if the behaviour is another one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >ends.py <<'PYTHON'
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
from nomad.utils.structlogging import get_logger
from nomad.workflows.activities import finalize_upload_processing_activity
from nomad.workflows.shared_objects import FinalizeUploadProcessingFailureInput, FinalizeUploadProcessingSuccessInput
from temporalio.testing import ActivityEnvironment

# The log of an upload would ask the directory of users for its author.
Upload.get_logger = lambda self, **_: get_logger('upload')
Upload(upload_id='an upload', main_author='an author').save()
known = {None: 'none'}


def end(kind, **more):
    order = kind(upload_id='an upload', workflow_id='a run', **more)
    ActivityEnvironment().run(finalize_upload_processing_activity, order)
    upload = Upload.objects(upload_id='an upload').first()
    time = known.setdefault(upload.complete_time, f'time {len(known)}')
    return f'{upload.process_status} {time}'


ends = [
    end(FinalizeUploadProcessingSuccessInput, result='success'),
    end(FinalizeUploadProcessingFailureInput, result='failure', error_details='bad archive'),
    end(FinalizeUploadProcessingSuccessInput, result='success'),
]
print(f'nomad-lab {version("nomad-lab")}: {", ".join(ends)}')
PYTHON
seen=''
for version in 1.4.3 2.0.0; do
  uv venv --quiet --python 3.11 "venv-$version"
  uv pip install --quiet --no-deps --python "venv-$version/bin/python" -r "$here/../test/real-nomad/requirements-$version.txt"
  seen+=$("venv-$version/bin/python" ends.py 2>/dev/null)$'\n'
done
printf %s "$seen"
[ "$seen" = 'nomad-lab 1.4.3: SUCCESS none, FAILURE time 1, SUCCESS time 1
nomad-lab 2.0.0: SUCCESS time 1, FAILURE time 2, SUCCESS time 3
' ]
