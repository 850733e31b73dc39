"""What FerretDB 1.24 cannot do: indexes with a time to live or over some documents only (these options are left out: documents stay, and what is to be
unique among some is not), and several indexes that are there already in one command (they are asked for one by one)."""
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
        if options.pop('partialFilterExpression', None) is not None:
            options.pop('unique', None)
        _init(self, keys, **options)

    def create(self, indexes, *args, **options):
        return [_create(self, [index], *args, **options)[0] for index in indexes]

    async def create_async(self, indexes, *args, **options):
        return [(await _create_async(self, [index], *args, **options))[0] for index in indexes]

    pymongo.operations.IndexModel.__init__ = init
    Collection.create_indexes, AsyncCollection.create_indexes = create, create_async
