from __future__ import annotations

import pytest

from sysmo_tui import themes
from sysmo_tui.domain.enums import Theme


def test_every_theme_can_be_chosen_by_its_name():
    assert [theme.name for theme in themes.THEMES] == list(Theme) == list(themes.NAMES)
    assert [themes.chosen(wish, {}) for wish in Theme] == list(Theme)
    assert themes.chosen(None, {}) == Theme.DARK


@pytest.mark.parametrize(("wish", "theme"), [(Theme.TERMINAL, Theme.DARK), (Theme.LIGHT, Theme.LIGHT)])
def test_without_colour_nothing_is_black_on_black(wish: Theme, theme: Theme):
    assert themes.chosen(wish, {"NO_COLOR": "1"}) == theme
