"""What someone with bad intentions tries first."""

from __future__ import annotations

import contextlib

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.services import account_list


@pytest.mark.parametrize("text", ["half\ud83d", "zero\x00byte", "%" * 100_000])
def test_a_text_that_no_database_takes_is_refused_or_not_found(operator: Door, text: str):
    with contextlib.suppress(Invalid, NotFound):
        operator.read(account_list.show, text)
    with contextlib.suppress(Invalid):
        operator.read(account_list.page, text)
