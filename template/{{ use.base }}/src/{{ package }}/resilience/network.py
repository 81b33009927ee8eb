"""Watching connectivity, and holding outgoing work back while offline."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from ..core.logging import get_logger
from .config import ResilienceSettings
from .errors import OfflineError
from .gate import Gate

FAILURES_UNTIL_OFFLINE: Final = 3

type Probe = Callable[[], Awaitable[bool]]

_logger = get_logger(__name__)


class NetworkMonitor:
    """Probes an address again and again and keeps a gate.

    Three failed probes in a row close the gate, one good probe opens it. Any answer
    under 500 is a good probe: the network works, whatever the page says. Without
    `NETWORK_CHECK_URL`, or with `ENABLE_NETWORK_MONITOR=false`, the gate stays open.
    """

    def __init__(
        self, settings: ResilienceSettings, probe: Probe | None = None
    ) -> None:
        """Prepare the monitor; nothing runs before `start`.

        Args:
            settings: Switch, address, interval and limits.
            probe: Replaces the HTTP probe; returns whether the network works.
        """
        self._settings = settings
        self._probe = probe or self._probe_address
        self._enabled = settings.enable_network_monitor and bool(
            probe or settings.network_check_url
        )
        self._gate = Gate()
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_online(self) -> bool:
        """Whether outgoing work may go on now."""
        return self._gate.is_open

    @property
    def is_running(self) -> bool:
        """Whether probes are being made."""
        return self._task is not None

    def start(self) -> None:
        """Begin to probe on the running event loop; a second start changes nothing."""
        if self._enabled and self._task is None:
            self._task = asyncio.create_task(self._watch(), name="NetworkMonitor")

    async def stop(self) -> None:
        """Stop probing and let everybody pass who still waits."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        self._failures = 0
        self._gate.open()

    async def wait_until_online(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - no error on expiry
        """Wait until outgoing work may go on.

        Args:
            timeout: Upper limit in seconds; `NETWORK_WAIT_SECONDS` by default.

        Returns:
            Whether the network is there.
        """
        return await self._gate.wait(self._limit(timeout))

    def wait_until_online_blocking(self, timeout: float | None = None) -> bool:
        """Do the same in a thread that has no event loop."""
        return self._gate.wait_blocking(self._limit(timeout))

    async def require_online(self) -> None:
        """Wait as `wait_until_online` does, and refuse when the time is over.

        Raises:
            OfflineError: If the network did not come back in time.
        """
        if not await self.wait_until_online():
            message = "The network has not come back in time."
            raise OfflineError(message)

    async def check(self) -> bool:
        """Make one probe now, and move the gate if it says so."""
        try:
            good = await self._probe()
        except Exception as error:  # noqa: BLE001 - whatever a probe raises, it failed
            _logger.debug("network_probe_failed", reason=type(error).__name__)
            good = False
        self._failures = 0 if good else self._failures + 1
        if good and not self._gate.is_open:
            _logger.info("network_online")
            self._gate.open()
        if self._failures == FAILURES_UNTIL_OFFLINE:
            _logger.warning("network_offline", failures=self._failures)
            self._gate.close()
        return good

    def _limit(self, timeout: float | None) -> float:
        return self._settings.network_wait_seconds if timeout is None else timeout

    async def _watch(self) -> None:
        while True:
            await self.check()
            await asyncio.sleep(self._settings.network_check_interval)

    async def _probe_address(self) -> bool:
        async with httpx.AsyncClient(
            timeout=self._settings.network_timeout, follow_redirects=True
        ) as client:
            response = await client.head(str(self._settings.network_check_url))
        return not response.is_server_error
