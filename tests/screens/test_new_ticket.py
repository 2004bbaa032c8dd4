"""Filing from the screens."""

from __future__ import annotations

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import drafts
from sysmo_tui.widgets.forms import Field
from tests.cast import Cast
from tests.screens.conftest import Stage, until, until_seen


async def test_what_a_draft_chose_and_is_gone_is_left_open(stage: Stage, cast: Cast) -> None:
    cast.topic("Spare")
    carla = cast.customer("carla")
    fields = {"subject": "The meter", "topic": "gone", "urgency": "high"}
    carla.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, fields)
    app = stage(carla)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "The meter")
        chosen = {field.field_name: field.value for field in app.screen.query(Field)}
        assert (chosen["topic"], chosen["urgency"]) == ("", "high")
