#!/usr/bin/env bash
# nomad-lab 2.0.0: if an upload has entries of parser level 0 and none of level -1, each run parses those of level 0 twice.
#
# Expected: a run goes through the parser levels from the lowest to the highest and parses each once.
# Observed: it begins at -1, the level of the built-in archive parser. The step to the next level takes "next_parser_level or min_level":
# a level of 0 counts as false there, so after the first pass over level 0 the run is at 0 again. With real workers (1.4.3, 2.0.0)
# the counts of GET /uploads/ID/entries reach the total at half-time and do not change during the whole second pass.
#
# Installs pinned packages from PyPI into a temporary folder (about 700 MB), and runs NOMAD's own step for an upload whose entries
# are all of level 0. Needs Python 3.11 and uv. Fails if NOMAD behaves differently.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
uv venv --quiet --python 3.11 "$folder/venv"
uv pip install --quiet --no-deps --python "$folder/venv/bin/python" -r "$here/../test/campaigns/real-nomad/requirements-2.0.0.txt"
cd "$folder"
seen=$("$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import logging
from importlib.metadata import version

logging.disable(logging.CRITICAL)
from nomad.workflows.shared_objects import UploadProcessingWorkflowInput
from nomad.workflows.workflows import UpdateUploadWorkflow

levels = [0]
order = UploadProcessingWorkflowInput('an upload', 'a run', 'a folder', min_level=-1)
parsed = []
# Preparing a level answers with the level of the first entries at min_level or above; here the entries are all of level 0.
while (found := [level for level in levels if level >= order.min_level]) and len(parsed) < 5:
    order.next_parser_level = min(found)
    parsed.append(order.next_parser_level)
    UpdateUploadWorkflow._advance_to_next_parser_level(None, order)
print(f'nomad-lab {version("nomad-lab")}: levels parsed in one run: {parsed}')
PYTHON
)
echo "$seen"
[ "$seen" = 'nomad-lab 2.0.0: levels parsed in one run: [0, 0]' ]
