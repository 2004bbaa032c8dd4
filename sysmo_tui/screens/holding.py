"""Holding the terminal: it is taken over once and given back once, whatever stops the program meanwhile."""

from __future__ import annotations

import signal
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver


def holding(driver: type[Driver]) -> type[Driver]:
    """The same driver, which knows whether it holds the terminal.

    The toolkit takes it over whenever the program is continued. Where it was never given back, as when
    something else stopped the program than its key, that would take the program's own settings of the
    terminal for those to be left behind; where it was given back for good, nobody would give it back again.
    """
    if LinuxDriver not in driver.__mro__:
        return driver

    def write(itself: Any, data: str) -> None:
        """Write to the terminal while it is held; else it would wait for ever to be written."""
        if itself.is_held:
            driver.write(itself, data)

    def start_application_mode(itself: Any) -> None:
        """Take the terminal over, whatever stands on it now."""
        if itself.is_held:
            itself.suspend_application_mode()
        itself.is_held = True
        driver.start_application_mode(itself)
        # It is not taken over in the background.
        itself.is_held = itself._writer_thread is not None and itself._writer_thread.is_alive()

    def stop_application_mode(itself: Any) -> None:
        """Give it back as it was, unless that was done, or it is somebody else's by now."""
        if itself.is_held:
            # In the background, touching the terminal stops a program, also one that is told to end.
            signal.signal(signal.SIGTTOU, lambda _number, _frame: None)
            driver.stop_application_mode(itself)
            # It is given back once that is written, whatever fails afterwards.
            itself.close()
            itself.is_held = False

    def continued(itself: Any, _number: int, _frame: object) -> None:
        """Take over again what was given back to stop; else see to what may have been done to it meanwhile.

        That waits for its turn: it may be in the middle of writing that the program was stopped.
        """
        if itself._must_signal_resume:
            itself.resume_application_mode()
        elif itself.is_held and not itself._loop.is_closed():
            itself._loop.call_soon_threadsafe(take_over_anew, itself)

    def take_over_anew(itself: Any) -> None:
        """Take it over again, unless it was given back for good meanwhile; in the background, once it may."""
        if itself.is_held:
            itself._must_signal_resume = True
            itself.start_application_mode()

    own = {
        "is_held": False,
        "write": write,
        "start_application_mode": start_application_mode,
        "stop_application_mode": stop_application_mode,
        "_sigcont_application": continued,
    }
    return type(driver.__name__, (driver,), own)
