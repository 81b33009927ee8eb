"""Celery's configuration: the queue, its dead letters, the worker.

This module is what Celery's own commands are told with `-A`.
"""

from typing import TYPE_CHECKING, Any, Final

from celery import Celery
from kombu import Exchange, Queue

from ..broker.connection import tls_options, transport_options

if TYPE_CHECKING:
    from ..core.settings import Settings

# A message that has taken down so many processes is put aside.
_MOST_DELIVERIES: Final = 10
_KEPT_MILLISECONDS: Final = 7 * 24 * 3600 * 1000
_MOST_DEAD: Final = 10_000
_PUBLISH_TRIES: Final = 2
# Until a process of the pool is ready, on a busy machine.
_LONGEST_BIRTH_SECONDS: Final = 60


def make_app(settings: "Settings") -> "Celery[Any]":
    """Make an application that belongs to nobody else; it does not connect yet.

    It stores no result: the tasks table does. It takes JSON and nothing else.

    Args:
        settings: The whole configuration.
    """
    app: Celery[Any] = Celery("jobs", set_as_current=False)
    app.conf.update(
        _broker(settings)
        | _control(settings)
        | _events(settings)
        | _messages()
        | _queues(settings)
        | _worker(settings)
    )
    return app


def __getattr__(name: str) -> object:
    """Make `app`, with the settings of the environment, for Celery's own commands.

    Raises:
        AttributeError: Something else is asked for.
    """
    if name != "app":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from .celery_worker import ready_app  # noqa: PLC0415 - it needs this module

    return ready_app()


def queue_of(settings: "Settings", *, long: bool = False) -> Queue:
    """Return a queue: durable, bounded in deliveries, with a place for the dead.

    The exchange is of type topic, which delayed messages need.

    Args:
        settings: Its name.
        long: Whether it is the one of tasks that take long.
    """
    name = settings.broker_queue
    dead = f"{name}.dead"
    name += ".long" if long else ""
    return Queue(
        name,
        Exchange(name, type="topic"),
        routing_key=name,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": _MOST_DELIVERIES,
            "x-dead-letter-exchange": dead,
            "x-dead-letter-routing-key": dead,
        },
    )


def dead_letters_of(settings: "Settings") -> Queue:
    """Return the queue of messages that nobody could read or deliver."""
    name = f"{settings.broker_queue}.dead"
    return Queue(
        name,
        Exchange(name, type="topic"),
        routing_key=name,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-message-ttl": _KEPT_MILLISECONDS,
            "x-max-length": _MOST_DEAD,
        },
    )


def interrupted_after(settings: "Settings", killed_after: float) -> float:
    """Return when a task is interrupted that blocks its process, in seconds.

    It is half-way between the task's own limit, inside the process, and the one after
    which the process is killed.

    Args:
        settings: How far apart these two are.
        killed_after: The latter, in seconds.
    """
    return killed_after - settings.task_kill_after_seconds / 2


def _broker(settings: "Settings") -> dict[str, Any]:
    return {
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": settings.broker_timeout_seconds,
        "broker_heartbeat": settings.broker_heartbeat_seconds,
        "broker_native_delayed_delivery_queue_type": "classic",
        "broker_transport_options": transport_options(settings),
        "broker_url": settings.broker_address,
        "broker_use_ssl": tls_options(settings),
        "task_publish_retry_policy": {"max_retries": _PUBLISH_TRIES},
    }


def _events(settings: "Settings") -> dict[str, Any]:
    return {
        "event_exchange": f"{settings.broker_queue}.events",
        "event_queue_exclusive": True,  # it is gone with who listens
        "task_send_sent_event": True,
        "worker_send_task_events": True,
    }


def _control(settings: "Settings") -> dict[str, Any]:
    return {
        "control_exchange": f"{settings.broker_queue}.control",
        "control_queue_durable": True,  # and gone seconds after its worker
        "control_queue_exclusive": False,
        "worker_enable_remote_control": True,
    }


def _messages() -> dict[str, Any]:
    return {
        "accept_content": ["json"],
        "enable_utc": True,
        "result_accept_content": ["json"],
        "result_backend": None,
        "result_expires": None,
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_serializer": "json",
        "timezone": "UTC",
    }


def _queues(settings: "Settings") -> dict[str, Any]:
    queue = queue_of(settings, long=settings.worker_takes == "long")
    return {
        "task_create_missing_queues": False,
        "task_default_exchange": queue.exchange.name,
        "task_default_exchange_type": queue.exchange.type,
        "task_default_queue": queue.name,
        "task_default_routing_key": queue.routing_key,
        "task_queues": [queue],
    }


def _worker(settings: "Settings") -> dict[str, Any]:
    hard = settings.task_timeout_seconds + settings.task_kill_after_seconds
    return {
        # A message that could not be delivered is put aside; one whose process was
        # killed for its time is done with, for the table decides about another try.
        "task_acks_late": True,
        "task_acks_on_failure": False,
        "task_acks_on_timeout": True,
        "task_reject_on_worker_lost": True,
        "task_soft_time_limit": interrupted_after(settings, hard),
        "task_time_limit": hard,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_concurrency": settings.max_workers,
        "worker_hijack_root_logger": False,
        "worker_pool_start_method": "fork",
        "worker_proc_alive_timeout": _LONGEST_BIRTH_SECONDS,
        "worker_prefetch_multiplier": 1,
        "worker_redirect_stdouts": False,
    }
