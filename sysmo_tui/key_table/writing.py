"""The keys where one types: a reply, a form, signing in, one's profile."""

from __future__ import annotations

from typing import Final

from sysmo_tui.domain.message import N_
from sysmo_tui.key_names import Context, Group, Key
from sysmo_tui.key_table.places import FIELDS, acts

_COMPOSE = (Context.COMPOSE,)
_WRITING = (Context.COMPOSE, Context.FORM)
_SAVING = (Context.FORM, Context.CODE, Context.PROFILE)

WRITING: Final[tuple[Key, ...]] = (
    Key(
        "compose.send",
        "ctrl+s,f2",
        "send",
        N_("send the reply, save the note"),
        _COMPOSE,
        Group.WRITE,
        N_("Send"),
    ),
    Key("form.save", "ctrl+s,f2", "save", N_("save"), _SAVING, Group.WRITE, N_("Save")),
    Key(
        "compose.switch",
        "f6",
        "switch",
        N_("reply or note"),
        _COMPOSE,
        Group.WRITE,
        N_("Reply/Note"),
        for_staff=True,
    ),
    Key(
        "compose.attach",
        "f8",
        "attach",
        N_("attach a file"),
        _WRITING,
        Group.WRITE,
        N_("Attach"),
        of_machine=True,
    ),
    Key(
        "compose.editor",
        "ctrl+g,f4",
        "editor",
        N_("write in your own editor ($VISUAL or $EDITOR)"),
        _WRITING,
        Group.WRITE,
        N_("Editor"),
        of_machine=True,
    ),
    Key(
        "compose.send_as",
        "f5,ctrl+o",
        "send_as",
        N_("send, and choose the status it has then"),
        _COMPOSE,
        Group.WRITE,
        N_("Send as"),
    ),
    Key(
        "compose.responses",
        "f7,ctrl+l",
        "responses",
        N_("insert a canned response"),
        _WRITING,
        Group.WRITE,
        N_("Responses"),
        for_staff=True,
    ),
    Key("form.next", "tab", "next", N_("next field"), FIELDS, Group.MOVE, N_("Next field"), bound=False),
    Key("form.previous", "shift+tab", "previous", N_("previous field"), FIELDS, Group.MOVE, bound=False),
    acts("login.register", "f3,ctrl+n", "register", N_("register"), N_("Register"), Context.LOGIN),
    acts("login.code", "f5,ctrl+o", "code", N_("use a code"), N_("I have a code"), Context.LOGIN),
    acts(
        "login.forgotten", "f6,ctrl+t", "forgotten", N_("password forgotten"), N_("Forgotten"), Context.LOGIN
    ),
    acts("login.language", "f7,ctrl+l", "language", N_("the other language"), N_("Language"), Context.LOGIN),
    acts("code.resend", "f5,ctrl+r", "resend", N_("send the code again"), N_("Send again"), Context.CODE),
    acts(
        "profile.password",
        "f3,ctrl+n",
        "password",
        N_("change your password"),
        N_("Password"),
        Context.PROFILE,
    ),
    acts(
        "profile.sessions",
        "f5,ctrl+o",
        "sessions",
        N_("where you are signed in"),
        N_("Sessions"),
        Context.PROFILE,
    ),
    acts(
        "profile.addresses",
        "f7,ctrl+l",
        "addresses",
        N_("your e-mail addresses"),
        N_("Addresses"),
        Context.PROFILE,
    ),
    acts("profile.keys", "f4,ctrl+g", "ssh_keys", N_("your SSH keys"), N_("Keys"), Context.PROFILE),
    acts(
        "profile.preferences",
        "f8,ctrl+y",
        "preferences",
        N_("how you like the screens, and your keys"),
        N_("Screens"),
        Context.PROFILE,
    ),
    acts("keymap.edit", "e", "edit", N_("another key for it"), N_("Other key"), Context.KEYMAP),
    acts("keymap.add", "a", "add", N_("one more key for it"), N_("Add"), Context.KEYMAP),
    acts("keymap.reset", "x", "reset", N_("its usual key again"), N_("Reset"), Context.KEYMAP),
    acts("keymap.reset_all", "X", "reset_all", N_("all usual keys again"), N_("Reset all"), Context.KEYMAP),
    acts("profile.leave", "f6,ctrl+t", "sign_out", N_("sign out"), N_("Sign out"), Context.PROFILE),
)
