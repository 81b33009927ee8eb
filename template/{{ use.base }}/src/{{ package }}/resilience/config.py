"""Kill switches and limits of every resilience mechanism."""

from typing import Annotated, Literal

from pydantic import Field, HttpUrl, ValidationInfo, field_validator

from ..core.config import CoreSettings

type ExecutionMode = Literal["asyncio", "threads", "processes"]
type Seconds = Annotated[float, Field(ge=0)]


class ResilienceSettings(CoreSettings):
    """Each mechanism can be switched off alone, each limit can be changed."""

    enable_network_monitor: Annotated[
        bool,
        Field(description="Hold outgoing work back while offline"),
    ] = True
    enable_recovery: Annotated[
        bool,
        Field(description="Resolve work that a crash has left half-done"),
    ] = True
    enable_atomic_writes: Annotated[
        bool,
        Field(description="Write through a temporary file; off: directly"),
    ] = True
    enable_retry_queue: Annotated[
        bool,
        Field(description="Try again later; off: the first failure is final"),
    ] = True
    execution_mode: Annotated[
        ExecutionMode, Field(description="Where the items of a batch run")
    ] = "threads"
    max_workers: Annotated[
        int,
        Field(gt=0, description="Threads or processes that work on one batch"),
    ] = 4
    max_batch_size: Annotated[
        int,
        Field(
            gt=0,
            description="Items of one run; the rest waits for the next",
        ),
    ] = 100
    max_concurrent_tasks: Annotated[
        int, Field(gt=0, description="Tasks in flight on one event loop")
    ] = 10
    task_timeout_seconds: Annotated[
        float,
        Field(gt=0, description="Time limit of one item or task, seconds"),
    ] = 300
    max_consecutive_failures: Annotated[
        int, Field(gt=0, description="Failures in a row that stop a run")
    ] = 5
    max_retries: Annotated[
        int, Field(ge=0, description="Further tries after the first one")
    ] = 3
    retry_delays: Annotated[
        tuple[Seconds, ...],
        Field(
            min_length=1,
            description="Before each further try, seconds; the last repeats",
        ),
    ] = (300, 900, 1800)
    retry_jitter: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Largest share of a delay added at random",
        ),
    ] = 0.1
    transient_delay_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="After a transient failure, seconds; doubles each time",
        ),
    ] = 1
    blocked_delay_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Before a server that answered 403 is called, seconds",
        ),
    ] = 1800
    rate_limit_delay_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="After a 429 that names no time of its own, seconds",
        ),
    ] = 3600
    max_retry_after_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Longest wait a server may ask for, seconds",
        ),
    ] = 86_400
    network_check_url: Annotated[
        HttpUrl | None,
        Field(description="Probed for connectivity; unset means always online"),
    ] = None
    network_check_interval: Annotated[
        float, Field(gt=0, description="Seconds between two probes")
    ] = 15
    network_timeout: Annotated[
        float,
        Field(gt=0, description="Seconds until a probe counts as failed"),
    ] = 5
    network_wait_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Longest wait for the network, seconds",
        ),
    ] = 300
    http_attempts: Annotated[
        int,
        Field(gt=0, description="Tries of one outgoing call, within the call"),
    ] = 3
    breaker_failures: Annotated[
        int,
        Field(
            gt=0,
            description="Failures in a row that open the circuit to a host",
        ),
    ] = 5
    breaker_reset_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="Until an open circuit lets a call through, seconds",
        ),
    ] = 30
    bulkhead_limit: Annotated[
        int, Field(gt=0, description="Outgoing calls in flight to one host")
    ] = 10
    min_disk_space_gb: Annotated[
        float,
        Field(
            ge=0,
            description="Free GiB under which nothing is written",
        ),
    ] = 1.0
    min_output_bytes: Annotated[
        int,
        Field(
            ge=0,
            description="Size under which an output counts as broken, bytes",
        ),
    ] = 50
    max_temp_files: Annotated[
        int,
        Field(
            ge=0,
            description="Left-over files in a folder that trigger removal",
        ),
    ] = 100
    temp_file_age_seconds: Annotated[
        float,
        Field(
            ge=0,
            description="Age from which a temporary file is left over, seconds",
        ),
    ] = 3600

    @field_validator("task_timeout_seconds")
    @classmethod
    def _longer_than_a_call(cls, seconds: float, info: ValidationInfo) -> float:
        """An inner time limit must end before its caller's."""
        inner = info.data.get("http_external_timeout_seconds", 0)
        if seconds <= inner:
            message = f"must be above HTTP_EXTERNAL_TIMEOUT_SECONDS ({inner})"
            raise ValueError(message)
        return seconds
