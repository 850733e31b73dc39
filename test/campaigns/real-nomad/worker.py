"""NOMAD's worker, in this process and a step at a time.

What the routes of NOMAD order is kept, and is done when a test says so: by NOMAD's own tasks (Celery) or workflows and activities
(Temporal). Only what carries the orders is stood in for: Celery's broker, Temporal's server. A test lets the work on an upload go on
until NOMAD writes a certain message, or to the end; what is seen in between is what NOMAD has stored by then.
"""

import threading

from surroundings import IS_TEMPORAL, faults

#: How long a test waits for a step, seconds.
PATIENCE = 60


class Killed(BaseException):
    """The worker is gone: nothing more is written, not even that it failed."""


class Step:
    """What a test waits for, or wants to go wrong: a message of the upload or, where `of` names one, of an entry's mainfile."""

    def __init__(self, message, of=None):
        self.message, self.of = message, of

    def is_at(self, message, mainfile):
        return self.of == mainfile and message.startswith(self.message)


class Work:
    """The work that was ordered for one upload."""

    def __init__(self):
        #: Each: a name that tells it to Temporal, its kind, and what does it.
        self.orders = []
        self.thread = None
        self.until = self.goes_wrong = self.error = None
        self.killed = False
        self.go, self.stands = threading.Event(), threading.Event()

    def proceed(self, until=None, goes_wrong=None, error=None):
        """Goes on to a step, or to the end. True: it stands at the step."""
        self.until, self.goes_wrong, self.error = until, goes_wrong, error
        self.stands.clear()
        if self.thread is None:
            if not self.orders:
                raise LookupError('nothing was ordered for this upload')
            self.thread = threading.Thread(target=self._run, daemon=True)
            self.thread.start()
        else:
            self.go.set()
        if not self.stands.wait(PATIENCE):
            raise TimeoutError('the work takes too long')
        return self.thread is not None

    def kill(self):
        self.orders.clear()
        self.killed = True
        thread = self.thread
        self.go.set()
        if thread is not None:
            thread.join(PATIENCE)
        self.killed = False

    def _run(self):
        here.work = self
        try:
            while self.orders and not self.killed:
                try:
                    self.orders.pop(0)[2]()
                except Killed:
                    pass
                except Exception:
                    # What NOMAD leaves to Celery or Temporal, which only note it.
                    pass
        finally:
            self.thread = None
            self.stands.set()

    def reach(self, message, mainfile=None):
        """Called by the work, wherever it has stored something."""
        if self.killed:
            raise Killed
        if self.goes_wrong is not None and self.goes_wrong.is_at(message, mainfile):
            raise self.error
        if self.until is None or not self.until.is_at(message, mainfile):
            return
        self.go.clear()
        self.stands.set()
        self.go.wait()
        self.go.clear()
        if self.killed:
            raise Killed


#: The work that the present thread does.
here = threading.local()
works = {}


def work_on(upload_id):
    return works.setdefault(upload_id, Work())


def kill_all():
    for work in works.values():
        work.kill()
    works.clear()


def reach(message, mainfile=None):
    work = getattr(here, 'work', None)
    if work is not None:
        work.reach(message, mainfile)


def check_alive():
    work = getattr(here, 'work', None)
    if work is not None and work.killed:
        raise Killed


def watch_messages():
    """Each message that NOMAD's processing sets is a step."""
    from nomad.processing import Entry, Upload

    for of in (Upload, Entry):

        def set_last_status_message(self, message, original=of.set_last_status_message):
            original(self, message)
            reach(message, getattr(self, 'mainfile', None))

        of.set_last_status_message = set_last_status_message
    # NOMAD saves the end with the status RUNNING, and then the status: 'half' is in between.
    original_complete = Upload._sync_complete_process

    def complete(self, *args, **kwargs):
        collection = self._get_collection()
        original_update = collection.find_one_and_update

        def update(*arguments, **more):
            reach('half')
            return original_update(*arguments, **more)

        collection.find_one_and_update = update
        try:
            return original_complete(self, *args, **kwargs)
        finally:
            collection.__dict__.pop('find_one_and_update', None)

    Upload._sync_complete_process = complete


def take_orders():
    """In place of Celery's broker, or of Temporal's server."""
    watch_messages()
    if IS_TEMPORAL:
        from temporal_here import take_orders as take
    else:
        from celery_here import take_orders as take
    take(work_on, check_alive, faults)
