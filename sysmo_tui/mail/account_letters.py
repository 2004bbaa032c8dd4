"""The letters that are not about one ticket: codes, passwords, digests, and the trial of the mail itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sysmo_tui.domain.enums import Template, TokenPurpose
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.mail.digest_letter import digest
from sysmo_tui.mail.facts import MailFacts
from sysmo_tui.mail.layout import Block, Code, Letter, Paragraph
from sysmo_tui.mail.letter_parts import greeting
from sysmo_tui.mail.weekly_letter import weekly_report
from sysmo_tui.services.tokens import LIFETIME

RESET_MINUTES = LIFETIME[TokenPurpose.RESET] // timedelta(minutes=1)


def verify(facts: MailFacts) -> Letter:
    """Proves that an address is its owner's; says nothing that a stranger could have typed."""
    return Letter(
        subject=_("Confirm your address for {desk}", desk=facts.desk.name),
        blocks=(
            Paragraph(_("Hello,")),
            Paragraph(_("Someone registered at {desk} with this address.", desk=facts.desk.name)),
            Paragraph(_("If it was you, confirm it with this command:")),
            Code(f"sysmo verify {_code(facts)}"),
            *_also(or_answer(facts)),
            Paragraph(_("The code is good for 24 hours. If it was not you, do nothing.")),
        ),
        why=_("You get this because this address was given to register."),
        answers=True,
    )


def already_registered(facts: MailFacts) -> Letter:
    """Tells the owner, and only the owner, that the address has an account."""
    return Letter(
        subject=_("You already have an account at {desk}", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(
                _(
                    "Someone tried to register at {desk} with this address, which has an account already.",
                    desk=facts.desk.name,
                )
            ),
            Paragraph(_("If it was you, sign in, or ask for a new password:")),
            Code("sysmo login"),
            Code(f"sysmo password forgot --email {facts.mail.address}"),
            Paragraph(_("If it was not you, do nothing: your account has not changed.")),
        ),
        why=_("You get this because this address was given to register."),
        answers=True,
    )


def welcome(facts: MailFacts) -> Letter:
    """Tells who answered the mail with the code that this was enough, and how to choose a password."""
    return Letter(
        subject=_("Your address for {desk} is confirmed", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(_("Thank you for your answer: your account at {desk} is open.", desk=facts.desk.name)),
            Paragraph(_("You can go on by mail. To sign in, choose a password first:")),
            Code(f"sysmo password forgot --email {facts.mail.address}"),
        ),
        why=_("You get this because you answered the mail that asked you to confirm this address."),
        answers=True,
    )


def not_by_mail(facts: MailFacts) -> Letter:
    """Tells staff that what came from their address waits; nothing of it, for anybody can write that name."""
    return Letter(
        subject=_("{desk}: your mail was not filed", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(
                _(
                    "A mail with your address came to {desk}. It is kept and waits for a decision: staff do "
                    "not answer requests by mail, because that name is easily forged.",
                    desk=facts.desk.name,
                )
            ),
            Paragraph(_("To answer a request:")),
            Code("sysmo ticket reply"),
            Paragraph(_("To see the mail that waits, as far as it is yours to decide:")),
            Code("sysmo mail quarantine list"),
            Paragraph(
                _(
                    "If you wrote no mail, somebody uses your address: tell your administrator. "
                    "This is said at most once an hour."
                )
            ),
        ),
        why=_("You get this because a mail with your address came to the desk."),
        answers=True,
    )


def reset(facts: MailFacts) -> Letter:
    """Opens "choose a new password", and nothing else."""
    return Letter(
        subject=_("A new password for {desk}", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            *_reason_for_reset(facts),
            Paragraph(_("With this code you can choose a new password:")),
            Code(_code(facts)),
            Paragraph(_("Enter it where this command asks for it:")),
            Code(f"sysmo password reset --email {facts.mail.address}"),
            Paragraph(_("The code works once, within {minutes} minutes.", minutes=RESET_MINUTES)),
        ),
        why=_("You get this because a new password is needed for your account."),
        answers=True,
    )


def invite(facts: MailFacts) -> Letter:
    """Welcomes someone whom an administrator gave an account."""
    return Letter(
        subject=_("Your account at {desk}", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(_("You have been given an account at {desk}.", desk=facts.desk.name)),
            Paragraph(_("Choose your password with this code, which is good for 7 days:")),
            Code(_code(facts)),
            Paragraph(_("Enter it where this command asks for it:")),
            Code(f"sysmo password reset --email {facts.mail.address}"),
        ),
        why=_("You get this because an administrator of the desk made an account for you."),
    )


def address_code(facts: MailFacts) -> Letter:
    """Proves that another address is the account's owner's; says nothing that a stranger could have typed."""
    return Letter(
        subject=_("Confirm another address for {desk}", desk=facts.desk.name),
        blocks=(
            Paragraph(_("Hello,")),
            Paragraph(
                _("Someone wants to use this address with an account at {desk}.", desk=facts.desk.name)
            ),
            Paragraph(_("If it was you, confirm it where you are signed in:")),
            Code(f"sysmo profile email verify {_code(facts)}"),
            Paragraph(_("The code is good for 24 hours. If it was not you, do nothing.")),
        ),
        why=_("You get this because this address was added to an account."),
        answers=True,
    )


def address_changed(facts: MailFacts) -> Letter:
    """Tells the owner that the account's addresses are others now."""
    return Letter(
        subject=_("The addresses of your account at {desk} changed", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(change_of_address(facts)),
            Paragraph(
                _("If you did not expect this, write to {address} at once.", address=facts.desk.reply_address)
            ),
        ),
        why=_("You get this because it concerns the safety of your account."),
    )


def password_changed(facts: MailFacts) -> Letter:
    """Tells the owner that the password is another one, or none."""
    return Letter(
        subject=_("Your password at {desk} was changed", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(
                _(
                    "The password of your account at {desk} was changed or reset, and its sessions ended.",
                    desk=facts.desk.name,
                )
            ),
            Paragraph(
                _("If you did not expect this, write to {address} at once.", address=facts.desk.reply_address)
            ),
        ),
        why=_("You get this because it concerns the safety of your account."),
    )


def key_added(facts: MailFacts) -> Letter:
    """Tells the owner that somebody with this SSH key comes in without a password, and how to end that."""
    return Letter(
        subject=_("A key was added to your account at {desk}", desk=facts.desk.name),
        blocks=(
            greeting(facts),
            Paragraph(
                _(
                    "This SSH key opens your account at {desk} from now on, without the password:",
                    desk=facts.desk.name,
                )
            ),
            Code(key_of(facts)),
            Paragraph(_("If you did not add it, revoke it and change your password:")),
            Code(f"sysmo key revoke {facts.mail.payload.get('key', '')}"),
            Paragraph(
                _("If you did not expect this, write to {address} at once.", address=facts.desk.reply_address)
            ),
        ),
        why=_("You get this because it concerns the safety of your account."),
    )


def test(facts: MailFacts) -> Letter:
    """Shows that mail leaves the desk."""
    return Letter(
        subject=_("Mail from {desk} works", desk=facts.desk.name),
        blocks=(Paragraph(_("This is the trial mail that was asked for. Nothing needs to be done.")),),
        why=_("You get this because someone of the desk tried whether mail arrives here."),
    )


def change_of_address(facts: MailFacts) -> str:
    """Says which address came to the account, became its first, or went."""
    address = str(facts.mail.payload.get("address", ""))
    what = {
        "added": _("{address} belongs to your account at {desk} now.", address=address, desk=facts.desk.name),
        "primary": _(
            "Mail about your account at {desk} goes to {address} now.", address=address, desk=facts.desk.name
        ),
        "removed": _(
            "{address} belongs to your account at {desk} no more.", address=address, desk=facts.desk.name
        ),
    }
    return what.get(str(facts.mail.payload.get("what")), what["added"])


def key_of(facts: MailFacts) -> str:
    """The fingerprint of the key that a mail is about, and what its owner calls it."""
    fingerprint, label = (str(facts.mail.payload.get(name, "")) for name in ("key", "label"))
    return f"{fingerprint} ({clean_line(label)})" if label else fingerprint


def or_answer(facts: MailFacts) -> str:
    """Says that an answer confirms an address as well, where answers by mail arrive; else nothing."""
    if not facts.desk.mail_comes_in:
        return ""
    return _("Or just answer this mail. It does not matter what you write.")


ACCOUNT_LETTERS: Mapping[Template, Callable[[MailFacts], Letter]] = {
    Template.DIGEST: digest,
    Template.WEEKLY_REPORT: weekly_report,
    Template.NOT_BY_MAIL: not_by_mail,
    Template.VERIFY: verify,
    Template.ALREADY_REGISTERED: already_registered,
    Template.WELCOME: welcome,
    Template.RESET: reset,
    Template.INVITE: invite,
    Template.ADDRESS_CODE: address_code,
    Template.ADDRESS_CHANGED: address_changed,
    Template.PASSWORD_CHANGED: password_changed,
    Template.KEY_ADDED: key_added,
    Template.TEST: test,
}


def _also(text: str) -> tuple[Block, ...]:
    return (Paragraph(text),) if text else ()


def _reason_for_reset(facts: MailFacts) -> tuple[Block, ...]:
    if facts.mail.payload.get("is_by_administrator"):
        return (
            Paragraph(
                _(
                    "An administrator of {desk} has reset your password: the old one is no longer good.",
                    desk=facts.desk.name,
                )
            ),
        )
    return (Paragraph(_("If you did not ask for a new password, do nothing.")),)


def _code(facts: MailFacts) -> str:
    return str(facts.mail.payload["code"])
