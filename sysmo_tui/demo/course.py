"""The course of one request at the demo desk, from filing to wherever it is now."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sysmo_tui.demo import hours, people, steps, stories
from sysmo_tui.demo.people import Client, Member
from sysmo_tui.demo.steps import Act, Attached, Step
from sysmo_tui.demo.stories import Story
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.enums import Channel, CloseReason, Level, Role, TicketField
from sysmo_tui.services.filing import Filing

LEFT: Final = timedelta(days=24)
"""How long ago the member of staff left who did; they took nothing new for weeks before."""
_LAST_TAKEN: Final = timedelta(days=62)
_MEDIAN_MINUTES: Final = {Level.HIGH: 15, Level.NORMAL: 40, Level.LOW: 120}
"""Until the first answer, in office hours."""


class End(Enum):
    """How a request ends, or where it stands."""

    ANSWERED = auto()
    CONFIRMED = auto()
    CUSTOMER_CLOSES = auto()
    SILENT = auto()
    NO_ANSWER = auto()
    REOPENED = auto()
    WAITS = auto()
    ON_HOLD = auto()
    IN_PROGRESS = auto()


_STANDING: Final = (End.WAITS, End.ON_HOLD, End.IN_PROGRESS)
_DONE: Final = {
    End.ANSWERED: 60,
    End.CONFIRMED: 10,
    End.CUSTOMER_CLOSES: 8,
    End.SILENT: 7,
    End.NO_ANSWER: 6,
    End.REOPENED: 9,
}


_RATED: Final = 0.34
"""The share of what was solved that its customer rates."""
_WHEN_SOLVED: Final = (2, 4, 10, 34, 50)
_WHEN_REOPENED: Final = (14, 20, 26, 26, 14)


@dataclass(frozen=True, slots=True)
class Filed:
    """A request as it comes in: when (local time), from whom, about what."""

    key: str
    at: datetime
    client: Client
    story: Story


class Course:
    """Collects the steps of one request in ``steps``; ``at`` is the moment that it has reached."""

    def __init__(
        self, filed: Filed, now: datetime, chance: random.Random, operator: Member | None = None
    ) -> None:
        self.filed = filed
        self.at = filed.at
        self.steps: list[Step] = []
        self._now = now
        self._chance = chance
        self._book = stories.book(filed.client.language)
        self._slots = stories.filled_slots(self._book, chance)
        self._is_misfiled = operator is None and chance.random() < 0.05
        self.operator = operator or self._pick(filed.story.topic)

    def file(self) -> None:
        """Let the request come in, from its customer or as a member of staff took it down."""
        story, client = self.filed.story, self.filed.client
        is_taken_down = hours.is_open(self.at) and self._chance.random() < 0.08
        topic = people.GENERAL if self._is_misfiled else story.topic
        asked = Filing(topic, self._say(story.subject), self._say(story.request), urgency=story.urgency)
        if is_taken_down:
            by = self._pick(topic).email
            channel = self._chance.choice((Channel.PHONE, Channel.PHONE, Channel.VISIT))
            asked = Filing(
                topic,
                asked.subject,
                asked.body,
                urgency=story.urgency,
                requester=client.email,
                channel=channel,
            )
            self.do(by, steps.file(asked))
        else:
            self.do(client.email, steps.file(asked, self._made(story.file)), self._customers_channel())

    def run(self, end: End | None = None) -> None:
        """Go on until the request's ``end``, or one that suits its age."""
        self.file()
        end = end or self._end()
        if self._is_misfiled:
            self._move_to_its_topic()
        self._answer_first()
        self._sort_in()
        if end in _STANDING:
            self._stand(end)
        elif end is End.NO_ANSWER:
            self._work(90)
            self._close_without_answer()
        else:
            self._solve(end)
            self._rate(end)

    def ask(self, *, waits: bool = True) -> None:
        """Let the desk ask the customer something, and wait for the answer."""
        letter = self._letter(self.filed.story.ask)
        self.do(self.operator.email, steps.reply(letter, status="waiting" if waits else None))

    def answer(self, at: datetime | None = None) -> None:
        """Let the customer answer that, now or ``at`` a moment."""
        self.at = at or self.at
        told = steps.reply(self._say(self.filed.story.tell), self._made(self.filed.story.tell_file))
        self.do(self.filed.client.email, told, self._customers_channel())

    def do(self, who: str, act: Act, channel: Channel = Channel.TUI) -> None:
        """``who`` does it at this moment."""
        self.steps.append(Step(self.at, who, self.filed.key, act, channel))
        self._pass(self._chance.uniform(0.4, 1.5))

    def _end(self) -> End:
        days = (self._now - self.filed.at) / timedelta(days=1)
        is_standing = self._chance.random() < (0.4 if days < 8 else 0.16 if days < 25 else 0.03)
        if is_standing:
            return self._chance.choices(_STANDING, (4, 3, 5))[0]
        return self._chance.choices(list(_DONE), list(_DONE.values()))[0]

    def _move_to_its_topic(self) -> None:
        self._work(self._chance.uniform(10, 50))
        self.do(self._pick(people.GENERAL).email, steps.edit({TicketField.TOPIC: self.filed.story.topic}))

    def _answer_first(self) -> None:
        story, me = self.filed.story, self.operator.email
        median = _MEDIAN_MINUTES[story.urgency]
        self._work(hours.soon(self._chance, median, 900))
        how = self._chance.random()
        if how < 0.06:
            self.do(people.MANAGER.email, steps.assign(me))
            self._work(self._chance.uniform(5, 60))
        elif how < 0.24:
            self.do(me, steps.take())
            self._work(self._chance.uniform(4, 25))
        elif how < 0.26:
            self.do(self._pick(story.topic).email, steps.take())
            self._work(40)
            self.do(self.steps[-1].who, steps.release())
            self._work(20)
        if story.ask and self._chance.random() < 0.75:
            self.ask(waits=self._chance.random() < 0.6)
            self._pass(hours.soon(self._chance, 130, 4000))
            self.answer()
        elif self._chance.random() < 0.2:
            self.do(me, steps.reply(self._letter(self._phrase("looking"))))

    def _sort_in(self) -> None:
        """What staff do among themselves."""
        story, me = self.filed.story, self.operator.email
        self._work(self._chance.uniform(3, 30))
        edits = {}
        if story.type not in ("request", "incident", "question") and self._chance.random() < 0.5:
            edits[TicketField.TYPE] = story.type
        if self._chance.random() < (0.15 if story.urgency is Level.HIGH else 0.03):
            edits[TicketField.IMPACT] = "high"
        if edits:
            self.do(me, steps.edit(edits))
        if story.note and self._chance.random() < 0.45:
            self.do(me, steps.note(self._say(story.note)))
        if story.tags and self._chance.random() < 0.22:
            self.do(me, steps.tag(story.tags))
        if story.urgency is Level.HIGH and self._chance.random() < 0.15:
            self.do(people.MANAGER.email, steps.watch())

    def _solve(self, end: End) -> None:
        story, me, client = self.filed.story, self.operator.email, self.filed.client.email
        self._work(hours.soon(self._chance, 150, 4800))
        closes = end in (End.ANSWERED, End.REOPENED)
        letter, attached = self._letter(story.solve), self._made(story.answer_file)
        self.do(me, steps.reply(letter, attached, status=None if closes else "waiting", closes=closes))
        if end is End.SILENT:
            self._pass(60 * 24 * self._chance.uniform(4, 6))
            self._work(5)
            if self._chance.random() < 0.5:
                self.do(me, steps.close(CloseReason.NO_REPLY))
            else:
                self.do(me, steps.reply(self._letter(self._phrase("silent")), closes=True))
        elif end is not End.ANSWERED and end is not End.REOPENED:
            self._pass(hours.soon(self._chance, 120, 3000))
            self.do(client, steps.reply(self._phrase("thanks")), self._customers_channel())
            if end is End.CUSTOMER_CLOSES:
                self._pass(2)
                self.do(client, steps.close())
            else:
                self._work(self._chance.uniform(5, 90))
                self.do(me, steps.close())
        if end is End.REOPENED:
            self._come_back()

    def _rate(self, end: End) -> None:
        """Let some customers say how satisfied they are, most of them well."""
        # With dice of its own: what else happens at the desk does not depend on it.
        dice = random.Random(f"rating of {self.filed.key}")
        if dice.random() < _RATED:
            weights = _WHEN_REOPENED if end is End.REOPENED else _WHEN_SOLVED
            (rating,) = dice.choices(range(WORST_RATING, BEST_RATING + 1), weights)
            at = self.at + timedelta(minutes=dice.uniform(5, 600))
            self.steps.append(Step(at, self.filed.client.email, self.filed.key, steps.rate(rating)))

    def _come_back(self) -> None:
        me, client = self.operator.email, self.filed.client.email
        self._pass(60 * 24 * self._chance.uniform(0.5, 14))
        self.do(client, steps.reply(self._phrase("again")), self._customers_channel())
        self._work(hours.soon(self._chance, 45, 600))
        self.do(me, steps.reply(self._letter(self._phrase("looking"))))
        self._work(hours.soon(self._chance, 240, 2000))
        self.do(me, steps.reply(self._letter(self._phrase("fixed")), closes=True))

    def _close_without_answer(self) -> None:
        me, client = self.operator.email, self.filed.client.email
        if self._chance.random() < 0.5:
            self.do(client, steps.reply(self._phrase("withdrawn")), self._customers_channel())
            self._work(20)
            self.do(me, steps.close(CloseReason.WITHDRAWN))
        else:
            reasons = (CloseReason.DUPLICATE, CloseReason.SOLVED_ELSEWHERE, CloseReason.NOT_OURS)
            self.do(me, steps.close(self._chance.choice(reasons)))

    def _stand(self, end: End) -> None:
        me = self.operator.email
        self._work(self._chance.uniform(15, 120))
        today = self._now.date()
        if end is End.WAITS:
            self.do(me, steps.reply(self._letter(self.filed.story.solve), status="waiting"))
        elif end is End.ON_HOLD:
            later = today + timedelta(days=self._chance.randint(2, 12))
            on_hold = {TicketField.STATUS: "on-hold", TicketField.FOLLOW_UP: later.isoformat()}
            self.do(me, steps.edit(on_hold))
        else:
            self.do(me, steps.take())
            if self._chance.random() < 0.7:
                day = today + timedelta(days=self._chance.choice((-4, -2, -1, -1, 0, 2, 5)))
                self.do(me, steps.edit({TicketField.ACTION_DUE: day.isoformat()}))
            if self._chance.random() < 0.5:
                self._pass(60 * 24 * self._chance.uniform(0.6, 2))
                nudge = self._phrase("nudge")
                self.do(self.filed.client.email, steps.reply(nudge), self._customers_channel())

    def _work(self, minutes: float) -> None:
        """Let office hours pass."""
        self.at = hours.worked(self.at, minutes)

    def _pass(self, minutes: float) -> None:
        """Let time pass, by day and by night."""
        self.at += timedelta(minutes=minutes)

    def _customers_channel(self) -> Channel:
        return self._chance.choices((Channel.EMAIL, Channel.TUI, Channel.CLI), (5, 4, 1))[0]

    def _pick(self, topic: str) -> Member:
        """Someone who serves ``topic``, and speaks the customer's language if anybody does."""
        serving = [
            member
            for member in people.STAFF
            if topic in member.topics
            and member.role is Role.OPERATOR
            and (member is not people.LEAVER or self._now - self.filed.at > _LAST_TAKEN)
        ]
        speaking = [m for m in serving if self.filed.client.language in m.languages] or serving
        return self._chance.choices(speaking, [member.share for member in speaking])[0]

    def _phrase(self, kind: str) -> str:
        return self._say(self._chance.choice(self._book.phrases[kind]))

    def _letter(self, text: str) -> str:
        """``text`` between a greeting and a name."""
        hello, goodbye = self._phrase("hello"), self._phrase("goodbye")
        return f"{hello}\n\n{self._say(text)}\n\n{goodbye}"

    def _say(self, text: str) -> str:
        called = [word for word in self.filed.client.name.split() if not word.endswith(".")]
        return text.format(name=called[0], agent=self.operator.name, **self._slots)

    def _made(self, filename: str) -> Sequence[Attached]:
        if not filename or self._chance.random() < 0.55:
            return ()
        return (Attached(filename, self._say(self.filed.story.subject), self._chance.randrange(100_000)),)
