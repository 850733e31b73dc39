# A full listing as a script would do it: all pages, and nothing done with them. Writes the CPU seconds of each round.
import json
import sys
import time

import requests

url, token, uploads = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = requests.Session()
session.headers["Authorization"] = f"Bearer {token}"


def listing():
    found, page = [], 1
    while True:
        query = {"page_size": 200, "page": page, "order_by": "upload_create_time", "order": "asc"}
        answer = session.get(f"{url}/uploads", params=query, timeout=60)
        answer.raise_for_status()
        body = answer.json()
        found += body["data"]
        if len(found) >= body["pagination"]["total"]:
            return found
        page += 1


cpu = []
for turn in range(5):
    before = time.process_time()
    assert len(listing()) == uploads
    if turn >= 2:
        cpu.append(time.process_time() - before)
print(json.dumps({"cpu": cpu, "peak": 0}))
