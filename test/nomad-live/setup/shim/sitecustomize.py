"""FerretDB 1.24 refuses indexes with a time to live: leave that option out (documents then stay; nothing else changes)."""
try:
    import pymongo.operations
except ImportError:
    pass
else:
    _init = pymongo.operations.IndexModel.__init__

    def init(self, keys, **options):
        options.pop('expireAfterSeconds', None)
        _init(self, keys, **options)

    pymongo.operations.IndexModel.__init__ = init
