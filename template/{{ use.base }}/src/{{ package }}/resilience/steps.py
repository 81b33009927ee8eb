"""The steps of the start that every process takes."""

import asyncio
from typing import Protocol

from .config import ResilienceSettings
from .disk import require_disk_space
from .network import NetworkMonitor


class _Parts(Protocol):
    @property
    def settings(self) -> ResilienceSettings: ...
    @property
    def network(self) -> NetworkMonitor: ...


async def check_disk(parts: _Parts) -> None:
    """Refuse to start on a full disk.

    Raises:
        InsufficientDiskSpaceError: If less than the minimum is free.
    """
    settings = parts.settings
    await asyncio.to_thread(require_disk_space, settings.base_dir, settings)


async def watch_network(parts: _Parts) -> None:
    """Begin to watch connectivity."""
    parts.network.start()
