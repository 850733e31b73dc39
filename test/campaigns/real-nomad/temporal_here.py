"""Temporal's server from NOMAD 1.4 on: keeps what NOMAD starts, and carries out its workflows by calling what they call.

Errors travel as they do there: an activity runs in a process of its own, and what it raises comes back as a failure of the activity.
"""

import asyncio
import copy
import dataclasses
import inspect
import pickle
import types
import uuid
from concurrent.futures.process import _ExceptionWithTraceback
from contextvars import ContextVar

from temporalio import workflow
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

workflow_id = ContextVar('workflow_id')


def carried(error):
    """An error as it arrives at the other end."""
    converter, failure = DataConverter.default, Failure()
    converter.failure_converter.to_failure(error, converter.payload_converter, failure)
    return converter.failure_converter.from_failure(failure, converter.payload_converter)


def from_another_process(error):
    return pickle.loads(pickle.dumps(_ExceptionWithTraceback(error, error.__traceback__)))


async def attempts(retry_policy, attempt):
    """What Temporal does with a retry policy, without the pauses. None is for ever there: here it is three times."""
    most = 3 if retry_policy is None else retry_policy.maximum_attempts
    for number in range(1, most + 1):
        try:
            return await attempt(number)
        except Exception as error:
            last = error
            if getattr(error, 'non_retryable', False):
                break
    raise last


async def execute_activity(activity, *args, retry_policy=None, **_):
    async def attempt(number):
        # A workflow that was terminated also leaves its `finally` undone.
        must_be_alive()
        environment = ActivityEnvironment()
        environment.info = dataclasses.replace(environment.info, attempt=number, workflow_run_id=uuid.uuid4().hex)
        try:
            answer = environment.run(activity, *copy.deepcopy(args))
            return await answer if inspect.isawaitable(answer) else answer
        except Exception as error:
            raise carried(from_another_process(error))

    try:
        return await attempts(retry_policy, attempt)
    except Exception as error:
        raise ActivityError(
            'Activity task failed',
            scheduled_event_id=0,
            started_event_id=0,
            identity='',
            activity_type=activity.__name__,
            activity_id='',
            retry_state=None,
        ) from error


async def execute_child_workflow(run, *args, id=None, retry_policy=None, **_):
    from nomad.workflows import workflows

    kind = run.__qualname__.split('.')[0]

    async def attempt(_):
        token = workflow_id.set(id)
        try:
            return await getattr(workflows, kind)().run(*copy.deepcopy(args))
        finally:
            workflow_id.reset(token)

    try:
        return await attempts(retry_policy, attempt)
    except Exception as error:
        raise ChildWorkflowError(
            'Child Workflow execution failed',
            namespace='',
            workflow_id=id,
            run_id='',
            workflow_type=kind,
            initiated_event_id=0,
            started_event_id=0,
            retry_state=None,
        ) from carried(error)


class Handle:
    def __init__(self, work_on, id):
        self._work_on, self.id = work_on, id

    def _work(self):
        work = self._work_on(running[self.id][0]) if self.id in running else None
        if work is None:
            raise RPCError('workflow not found', RPCStatusCode.NOT_FOUND, b'')
        return work

    async def terminate(self, *_, **__):
        work = self._work()
        await asyncio.to_thread(work.kill)
        running.pop(self.id, None)

    cancel = terminate

    async def describe(self):
        self._work()
        kind = types.SimpleNamespace(name=running[self.id][1])
        execution = types.SimpleNamespace(type=kind)
        return types.SimpleNamespace(raw_description=types.SimpleNamespace(workflow_execution_info=execution))


#: The upload and the kind of each workflow that was started and has not ended.
running = {}


class Client:
    def __init__(self, work_on):
        self._work_on = work_on

    async def start_workflow(self, kind, argument, *, id, **_):
        from nomad.workflows import workflows

        kind = kind if isinstance(kind, str) else kind.__qualname__.split('.')[0]
        running[id] = (argument.upload_id, kind)

        def run():
            workflow_id.set(id)
            try:
                asyncio.run(getattr(workflows, kind)().run(argument))
            finally:
                running.pop(id, None)

        self._work_on(argument.upload_id).orders.append((id, kind, run))
        return Handle(self._work_on, id)

    async def execute_workflow(self, kind, argument, *, id, **more):
        """Whoever waits for the end gets it at once."""
        await self.start_workflow(kind, argument, id=id, **more)
        await asyncio.to_thread(self._work_on(argument.upload_id).proceed)

    def get_workflow_handle(self, id, **_):
        return Handle(self._work_on, id)


def take_orders(work_on, check_alive, faults):
    global must_be_alive
    from nomad.processing import data

    must_be_alive = check_alive

    client = Client(work_on)

    async def get_client():
        # NOMAD connects anew for each order.
        if faults['broker_down']:
            raise RuntimeError('Failed client connect')
        return client

    data.get_client = get_client
    workflow.execute_activity = execute_activity
    workflow.execute_child_workflow = execute_child_workflow
    workflow.info = lambda: types.SimpleNamespace(
        workflow_id=workflow_id.get(), is_continue_as_new_suggested=lambda: False
    )
