"""Reads the feed twice with feedparser, as feed readers do, and prints what it saw as JSON. Argument: the feed's address."""

import json
import sys

import feedparser

first = feedparser.parse(sys.argv[1])
again = feedparser.parse(sys.argv[1], etag=first.get("etag"))
json.dump(
    {
        "status": [first.status, again.status],
        # bozo: it is no well-formed XML, or not what its headers say.
        "wrong": str(first.bozo_exception) if first.bozo else None,
        "version": first.version,
        "id": first.feed.get("id"),
        "links": [[link.rel, link.href] for link in first.feed.links],
        "entries": [
            {"id": entry.id, "link": entry.get("link"), "updated": entry.updated, "title": entry.title} for entry in first.entries
        ],
    },
    sys.stdout,
)
