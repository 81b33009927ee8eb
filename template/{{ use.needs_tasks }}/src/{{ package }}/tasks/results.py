"""What a task has produced, and whether it is still whole."""

import asyncio
import hmac
import json
from pathlib import Path

from pydantic import BaseModel

from ..resilience.files import file_matches, sha256_of_bytes
from .models import JsonObject, Task


def as_json(result: BaseModel | None) -> JsonObject:
    """Turn what a handler returned into a JSON object; nothing becomes an empty one."""
    return {} if result is None else result.model_dump(mode="json")


def checksum_of(result: JsonObject) -> str:
    """Return the SHA-256 of a JSON object, whatever the order of its keys."""
    text = json.dumps(result, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256_of_bytes(text.encode())


async def has_whole_result(task: Task) -> bool:
    """Tell whether a recorded result still fits its checksum."""
    if task.checksum is None:
        return False
    if task.result_path is not None:
        path = Path(task.result_path)
        return await asyncio.to_thread(file_matches, path, task.checksum)
    if task.result is None:
        return False
    return hmac.compare_digest(checksum_of(task.result), task.checksum)
