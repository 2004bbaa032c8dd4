"""What comes from a terminal without being text: from another character set, or over a bad line."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import partial

from textual.driver import Driver
from textual.drivers import linux_driver


def lenient(driver: type[Driver]) -> type[Driver]:
    """The same driver, which takes bytes that are no UTF-8 for letters that nobody can read.

    The toolkit would end at the first of them.
    """
    if not issubclass(driver, linux_driver.LinuxDriver):
        return driver

    def run_input_thread(itself: linux_driver.LinuxDriver) -> None:
        """Read what the terminal sends."""
        vars(linux_driver)["getincrementaldecoder"] = _forgiving
        driver.run_input_thread(itself)

    return type(driver.__name__, (driver,), {"run_input_thread": run_input_thread})


def _forgiving(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")
