#!/usr/bin/env bash
# nomad-lab 1.4.3: a successful run does not set complete_time. Only a failure does, and its time stays through all successful runs after it.
#
# Expected: complete_time, "the time that processing completed (successfully or not)" in NOMAD's own words, is set at each end. A client can
# compare it to see that another run has ended.
# Observed: 1.4.3 has none after a successful run, and after a failure and another successful run it still has that of the failure. So a
# successful run after a successful run changes no field of the upload. 2.0.0 sets it at each end. Real workers behave the same (1.4.3, 2.0.0).
#
# Installs pinned packages from PyPI into a temporary folder (twice about 700 MB), and ends three runs with NOMAD's own last step: success,
# failure, success. Needs Python 3.11 and uv. Fails if NOMAD behaves differently.
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
  uv pip install --quiet --no-deps --python "venv-$version/bin/python" -r "$here/../test/campaigns/real-nomad/requirements-$version.txt"
  seen+=$("venv-$version/bin/python" ends.py 2>/dev/null)$'\n'
done
printf %s "$seen"
[ "$seen" = 'nomad-lab 1.4.3: SUCCESS none, FAILURE time 1, SUCCESS time 1
nomad-lab 2.0.0: SUCCESS time 1, FAILURE time 2, SUCCESS time 3
' ]
