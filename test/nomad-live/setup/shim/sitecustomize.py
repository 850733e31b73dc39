"""What FerretDB 1.24 cannot do: indexes with a time to live (that option is left out, documents then stay), and several indexes that are there already in one command (they are asked for one by one)."""
try:
    import pymongo.operations
    from pymongo.asynchronous.collection import AsyncCollection
    from pymongo.synchronous.collection import Collection
except ImportError:
    pass
else:
    _init = pymongo.operations.IndexModel.__init__
    _create, _create_async = Collection.create_indexes, AsyncCollection.create_indexes

    def init(self, keys, **options):
        options.pop('expireAfterSeconds', None)
        _init(self, keys, **options)

    def create(self, indexes, *args, **options):
        return [_create(self, [index], *args, **options)[0] for index in indexes]

    async def create_async(self, indexes, *args, **options):
        return [(await _create_async(self, [index], *args, **options))[0] for index in indexes]

    pymongo.operations.IndexModel.__init__ = init
    Collection.create_indexes, AsyncCollection.create_indexes = create, create_async
