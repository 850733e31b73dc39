"""Celery's broker up to NOMAD 1.3: keeps what NOMAD sends; the work itself is NOMAD's own task."""


def take_orders(work_on, check_alive, faults):
    from kombu.exceptions import OperationalError

    from nomad.processing import Entry
    from nomad.processing.base import proc_task

    def apply_async(args, **_):
        if faults['broker_down']:
            raise OperationalError('[Errno 111] Connection refused')
        class_name, own_id, function_name, *_ = args
        upload_id = Entry.objects(entry_id=own_id).first().upload_id if class_name == 'Entry' else own_id
        work_on(upload_id).orders.append((own_id, function_name, lambda: proc_task(*args)))

    proc_task.apply_async = apply_async
