from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.desk_address import DeskAddress, read_address
from sysmo_tui.domain.errors import Invalid


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("ssh://desk.example.com", DeskAddress("desk.example.com")),
        (" ssh://luis@desk/ ", DeskAddress("desk", "luis")),
        ("ssh://sysmo-new@192.0.2.7:2222", DeskAddress("192.0.2.7", "sysmo-new", 2222)),
        ("ssh://sysmo@[2001:DB8::7]:22", DeskAddress("2001:db8::7", "sysmo", 22)),
    ],
)
def test_an_address_is_a_user_a_host_and_a_port(written: str, address: DeskAddress):
    assert read_address(written) == address
    assert read_address(str(address)) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "desk.example.com",
        "sysmo@desk.example.com",
        "http://desk.example.com",
        "ssh://",
        "ssh://-oProxyCommand=id",
        "ssh://-l@desk",
        "ssh://@desk",
        "ssh://sysmo:secret@desk",
        "ssh://a@b@desk",
        "ssh://desk:0",
        "ssh://desk:",
        "ssh://desk:65536",
        "ssh://desk:22x",
        "ssh://desk/path",
        "ssh://desk?x",
        "ssh://desk -x",
        "ssh://desk\nx",
        "ssh://[::1",
        "ssh://[desk]",
        "ssh://[fe80::1%eth0]",
        "ssh://de$k",
        "ssh://dés.k",
        "ssh://desk.example.com" + "m" * 300,
    ],
)
def test_anything_else_is_refused_in_one_line(written: str):
    with pytest.raises(Invalid) as refused:
        read_address(written)
    assert "ssh://sysmo@desk.example.com" in str(refused.value)


@given(st.text(max_size=20))
@settings(max_examples=50)
def test_whatever_is_read_gives_ssh_no_option(text: str):
    for written in (f"ssh://{text}", f"ssh://{text}@desk", f"ssh://sysmo@{text}:22"):
        try:
            address = read_address(written)
        except Invalid:
            continue
        for part in (address.user, address.host):
            assert part
            assert not part.startswith("-")
            assert part.isascii()
            assert not set(part) & set(" \t\r\n'\"\\$`;|&<>(){}*?!#%/@")
