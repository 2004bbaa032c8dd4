"""Who stands at a door, and who that turns out to be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sysmo_tui.domain.enums import Channel, Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A door's word about its visitor, before the desk has looked.

    ``secret`` is the session's, if there is one; ``key`` the fingerprint of the SSH key that sshd
    authenticated, which stands for a session where an account has it. ``is_remote``: through a door that
    opens nothing of the desk's machine. ``is_desk`` is the desk itself: background duties, setting up,
    recovery; only code that holds the database says so.

    ``holder`` is whom the key was found to be of, and as what, where somebody stays: when that is true no
    more, the visit is over, as a session is.
    """

    channel: Channel
    source: str = ""
    secret: str | None = None
    key: str | None = None
    is_remote: bool = False
    is_desk: bool = False
    holder: tuple[int, Role] | None = None

    def __repr__(self) -> str:
        return f"Caller({self.channel.value}, {self.source!r})"

    @property
    def is_unknown(self) -> bool:
        """Whether nothing tells who this is."""
        return not (self.is_desk or self.secret or self.key)

    def held_by(self, actor: Actor) -> Caller:
        """The same visitor, as long as the key is ``actor``'s and the role stays."""
        assert actor.account_id is not None
        return replace(self, holder=(actor.account_id, actor.role))

    def with_secret(self, secret: str | None) -> Caller:
        """The same visitor after signing in, or out."""
        return replace(self, secret=secret)


def desk_caller() -> Caller:
    """The desk itself, as its background duties call."""
    return Caller(Channel.DESK, "background", is_desk=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that acts, read afresh in every unit of work.

    ``account_id`` is None only for the desk itself. ``topics`` are the ids of the
    topics that the actor serves. ``key_id`` is the SSH key that stands for the session.
    """

    account_id: int | None
    role: Role
    name: str
    email: str
    channel: Channel
    source: str = ""
    session_id: int | None = None
    key_id: int | None = None
    is_remote: bool = False
    topics: frozenset[int] = frozenset()
    company_id: int | None = None
    locale: str = "en"
    time_zone: str | None = None
    must_change_password: bool = False

    @property
    def is_desk(self) -> bool:
        """Whether the desk itself acts."""
        return self.account_id is None

    @property
    def is_staff(self) -> bool:
        """Whether the actor works the desk."""
        return self.role.is_staff

    @classmethod
    def desk(cls, channel: Channel = Channel.DESK, source: str = "") -> Actor:
        """The desk itself, which may do everything."""
        return cls(account_id=None, role=Role.ADMIN, name="", email="", channel=channel, source=source)
