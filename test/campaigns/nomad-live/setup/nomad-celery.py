"""Starts NOMAD 1.3 (`celery.py admin run app …`) over FerretDB, which has no hashed indexes, and no arrays directly in arrays: the queue of processes is kept as JSON texts."""
import json
import sys

import pymongo.collection
from mongoengine.fields import ListField

Collection = pymongo.collection.Collection
create_index, find_one_and_update = Collection.create_index, Collection.find_one_and_update
to_python, to_mongo = ListField.to_python, ListField.to_mongo


def text(item):
    return item if isinstance(item, str) else json.dumps(item)


def plain_index(self, keys, *args, **options):
    if keys and not isinstance(keys, str) and not isinstance(keys[0], str):
        keys = [(name, 1 if kind == 'hashed' else kind) for name, kind in keys]
    return create_index(self, keys, *args, **options)


def texts_in_queue(self, found, update, *args, **options):
    pushed = update.get('$push', {}).get('queue')
    if isinstance(pushed, (list, tuple)):
        update = {**update, '$push': {**update['$push'], 'queue': json.dumps(pushed)}}
    queue = update.get('$set', {}).get('queue')
    if queue:
        update = {**update, '$set': {**update['$set'], 'queue': [text(item) for item in queue]}}
    return find_one_and_update(self, found, update, *args, **options)


def queue_to_python(self, value):
    if self.name == 'queue' and isinstance(value, list):
        value = [json.loads(item) if isinstance(item, str) and item.startswith('[') else item for item in value]
    return to_python(self, value)


def queue_to_mongo(self, value, *args, **options):
    if self.name == 'queue' and value:
        return [text(item) for item in value]
    return to_mongo(self, value, *args, **options)


Collection.create_index, Collection.find_one_and_update = plain_index, texts_in_queue
ListField.to_python, ListField.to_mongo = queue_to_python, queue_to_mongo

# A worker's children import this file again: only the first process runs the command.
if __name__ == '__main__':
    from nomad.cli import run_cli

    sys.argv = ['nomad', *sys.argv[1:]]
    run_cli()
