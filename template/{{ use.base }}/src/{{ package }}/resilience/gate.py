"""A gate that threads and event loops can wait at together."""

import asyncio
import threading
from concurrent.futures import Future


class Gate:
    """Open or closed; whoever waits passes as soon as it opens."""

    def __init__(self) -> None:
        """Start with the gate open."""
        self._lock = threading.Lock()
        self._opened: Future[None] = Future()
        self._opened.set_result(None)

    @property
    def is_open(self) -> bool:
        """Whether one may pass now."""
        return self._opened.done()

    def open(self) -> None:
        """Let everybody pass, those who wait included."""
        with self._lock:
            if not self._opened.done():
                self._opened.set_result(None)

    def close(self) -> None:
        """Hold back everybody who comes from now on."""
        with self._lock:
            if self._opened.done():
                self._opened = Future()

    def wait_blocking(self, timeout: float) -> bool:
        """Wait in a thread, up to some seconds; tell whether the gate opened."""
        try:
            self._opened.result(timeout)
        except TimeoutError:
            return False
        return True

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - no error on expiry
        """Wait on any event loop, up to some seconds; tell whether the gate opened."""
        opened = asyncio.wrap_future(self._opened)
        done, _ = await asyncio.wait({opened}, timeout=timeout)
        return bool(done)
