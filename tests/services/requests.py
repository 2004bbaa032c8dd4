"""Tickets for the tests, filed as people file them."""

from __future__ import annotations

import io

from sysmo_tui.desk import Door
from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.services import files, filing, reading, thread, undeliverable
from sysmo_tui.services.files import Upload
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing


def file(door: Door, subject: str = "Printer on fire", body: str = "Smoke comes out.", **more: object) -> int:
    """File a request and return its number."""
    asked = Filing(topic=str(more.pop("topic", "general")), subject=subject, body=body, **more)  # type: ignore[arg-type]
    return door.write(filing.file, asked).number


def reply(door: Door, number: int, body: str = "We are on it.", **more: object) -> str:
    """Reply publicly and return the entry's key."""
    return door.write(thread.reply, number, Outgoing(body, **more)).entry_key  # type: ignore[arg-type]


def note(door: Door, number: int, body: str = "Same model burned in March.") -> str:
    """Write an internal note and return the entry's key."""
    return door.write(thread.note, number, Outgoing(body)).entry_key


def upload(door: Door, content: bytes = b"%PDF-1.7 x", filename: str = "invoice.pdf") -> Upload:
    """Stage a file."""
    return files.stage(door, io.BytesIO(content), filename)


def come_back(
    desk: Door,
    number: int | None,
    address: str = "carla@customer.example",
    reason: str = "550 5.1.1 no such user",
    *,
    is_permanent: bool = True,
) -> bool:
    """Let a mail about a ticket not arrive; whether that was news."""
    return desk.write(
        undeliverable.mark, address=address, number=number, reason=reason, is_permanent=is_permanent
    )


def open_ticket(door: Door, number: int) -> None:
    """Read a ticket to its end."""
    shown = door.read(reading.show, number)
    door.touch(reading.mark_read, number, shown.entries[-1].key)


def as_staff(door: Door, number: int, **options: object) -> TicketView:
    """A ticket as staff see it."""
    shown = door.read(reading.show, number, **options)  # type: ignore[arg-type]
    assert isinstance(shown, TicketView)
    return shown


def as_customer(door: Door, number: int, **options: object) -> CustomerTicket:
    """A ticket as its customer sees it."""
    shown = door.read(reading.show, number, **options)  # type: ignore[arg-type]
    assert isinstance(shown, CustomerTicket)
    return shown
