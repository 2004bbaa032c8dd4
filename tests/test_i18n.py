"""Languages: choosing one, translating, and catalogues that are whole."""

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui import i18n
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import Advice, Message

ROOT = Path(__file__).resolve().parent.parent
TAGS = re.compile(r"\[/?(?:b|bold|i|italic|u|underline|dim|reverse|strike|link|on|[@$#/])[^\]]*\]|\[/\]")
STAFF_ONLY = "Only the desk's staff can do this."


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue_tool", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = load_tool()
OTHERS = sorted(set(i18n.LANGUAGES) - {"en"})


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.current()
    i18n.use("en")
    yield
    i18n.use(before)


@pytest.fixture(scope="module")
def template():
    return tool.extract()


def entries(language: str):
    return tool.keys(tool.steady(language)).values()


# Choosing a language


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("es",), "es"),
        (("es_AR.UTF-8",), "es"),
        (("es-MX",), "es"),
        (("ES@euro",), "es"),
        ((None, "C", "", "es"), "es"),
        (("fr_FR", "es"), "es"),
        (("en_GB", "es"), "en"),
        (("C.UTF-8",), "en"),
        (("../../etc/passwd\0",), "en"),
        ((), "en"),
    ],
)
def test_the_first_supported_wish_is_chosen(wishes, language):
    assert i18n.choose(*wishes) == language


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_AR.UTF-8"}, "es"),
        ({"LANG": "es_AR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "es_AR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "es_AR.UTF-8", "LC_ALL": ""}, "es"),
        ({"LANG": "en_US", "LC_ALL": "C", "SYSMO_LANG": "es"}, "es"),
        ({"LANG": "es", "SYSMO_LANG": "klingon"}, "es"),
    ],
)
def test_the_environment_decides_as_posix_says_after_our_own_variable(environ, language):
    assert i18n.language_of(environ) == language


@given(st.text())
def test_no_locale_name_is_ever_a_crash(wish):
    assert i18n.choose(wish) in i18n.LANGUAGES
    assert i18n.language_of({"LANG": wish}) in i18n.LANGUAGES


def test_every_language_has_a_name():
    assert tuple(i18n.LANGUAGE_NAMES) == i18n.LANGUAGES


def test_a_chosen_language_is_spoken_in_every_thread():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(i18n.current).result() == "en"
        i18n.use("es_AR")
        assert pool.submit(i18n.current).result() == "es"


def test_speaking_ends_with_its_block_and_stays_in_its_thread():
    with ThreadPoolExecutor(1) as pool, i18n.speaking("es"):
        assert i18n.current() == "es"
        assert pool.submit(i18n.current).result() == "en"
        with i18n.speaking("en"):
            assert i18n.current() == "en"
        assert i18n.current() == "es"
        i18n.use("en")
        assert i18n.current() == "en"
    assert i18n.current() == "en"


# Translating


def test_a_refusal_is_shown_in_the_language_of_the_reader():
    message = Invalid(STAFF_ONLY).message
    assert i18n.render(message) == STAFF_ONLY
    assert i18n.render(message, "es_AR.UTF-8").startswith("Solo el personal")
    with i18n.speaking("es"):
        assert i18n.render(message).startswith("Solo el personal")
        assert i18n._(STAFF_ONLY) == i18n.translator("es")._(STAFF_ONLY)


def test_an_empty_or_unknown_sentence_stays_as_it_is():
    spanish = i18n.translator("es")
    assert spanish._("") == ""
    assert spanish._("Said by nobody {x}", x=1) == "Said by nobody 1"


ENDED = ("{count} session has ended.", "{count} sessions have ended.")


def test_each_language_has_its_own_plural():
    for language, one, many in (
        ("en", "1 session has ended.", "2 sessions have ended."),
        ("es", "Terminó 1 sesión.", "Terminaron 2 sesiones."),
    ):
        speaker = i18n.translator(language)
        assert speaker.ngettext(*ENDED, 1) == one
        assert speaker.ngettext(*ENDED, 2) == many
        assert speaker.render(Message(ENDED[0], {}, ENDED[1], 2)) == many


def test_a_meaning_is_told_by_its_context():
    assert i18n.translator("es").pgettext("age", "{n}w", n=2) == "2sem"
    assert i18n.translator("es").pgettext("elsewhere", "{n}w", n=2) == "2w"


def test_a_sentence_inside_a_sentence_is_translated_too():
    inner = Message(ENDED[0], {}, ENDED[1], 3)
    assert i18n.render(Message("Told: {what}", {"what": inner}), "es") == "Told: Terminaron 3 sesiones."


def test_what_others_wrote_is_cleaned_and_never_read_as_a_place():
    message = Message("{who} and {n:02d}", {"who": "\x1b[31m{n}", "n": 7})
    assert i18n.render(message, clean=lambda text: text.replace("\x1b", "?")) == "?[31m{n} and 07"


@pytest.mark.parametrize("broken", ["{nobody}", "{", "{0}", "{name.secret}", "{name:d}", "}"])
def test_a_translation_with_broken_places_gives_way_to_english(broken):
    assert i18n._fill(broken, "Hello {name}", {"name": "Ana"}) == "Hello Ana"
    assert i18n._fill(broken, broken, {"name": "Ana"}) == broken


def test_an_advised_command_is_for_the_desk_at_hand_in_every_language():
    message = Message("Sign in: {command}", {"command": Advice("sysmo login")})
    assert i18n.render(message, clean=str.upper) == "Sign in: sysmo login"
    try:
        i18n.advise_for("--demo")
        assert i18n.render(message, clean=str.upper) == "Sign in: sysmo login --demo"
        assert i18n.render(message, "es") == "Iniciar sesión: sysmo login --demo"
        assert i18n._("See: {command}", command=Advice("sysmo worker")) == "See: sysmo worker --demo"
    finally:
        i18n.advise_for("")
    assert str(message) == "Sign in: sysmo login"


# The catalogues


def test_the_catalogues_follow_the_source(template):
    assert tool.TEMPLATE.read_bytes() == tool.po_bytes(template), "run scripts/messages.py update"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_the_sentences_of_the_source_and_no_others(language, template):
    wanted, known = tool.keys(template).keys(), tool.keys(tool.steady(language)).keys()
    assert wanted - known == set()
    assert known - wanted == set()
    text = tool.catalogues()[language].read_text(encoding="utf-8")
    assert "\n#~" not in text


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_fuzzy(language):
    assert [each.id for each in entries(language) if not tool.done(each)] == []
    assert [each.id for each in entries(language) if each.fuzzy] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_equals_its_source(language):
    compiled = tool.catalogues()[language].with_suffix(".mo")
    assert compiled.read_bytes() == tool.mo_bytes(tool.steady(language)), "run scripts/messages.py compile"


@pytest.mark.parametrize("language", OTHERS)
def test_the_plurals_of_a_catalogue_are_those_that_it_says(language, monkeypatch):
    header, whole = tool.steady(language).plural_forms, tool.mo_bytes(tool.steady(language))
    monkeypatch.setattr("babel.messages.catalog.get_plural", lambda locale: (6, "(n > 4)"))
    assert tool.steady(language).plural_forms == header
    assert tool.mo_bytes(tool.steady(language)) == whole


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_sentence(language):
    for each in entries(language):
        source = [tool.places(text) for text in tool.english(each)]
        for said in filter(None, tool.translated(each)):
            # The form for one may leave out the number.
            assert source[0] & source[-1] <= tool.places(said) <= source[0] | source[-1], said


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_the_edges_and_the_markup_of_its_sentence(language):
    for each in entries(language):
        source = tool.english(each)[0]
        for said in filter(None, tool.translated(each)):
            assert len(said) - len(said.lstrip()) == len(source) - len(source.lstrip()), said
            assert len(said) - len(said.rstrip()) == len(source) - len(source.rstrip()), said
            assert sorted(TAGS.findall(said)) == sorted(TAGS.findall(source)), said


def test_every_supported_language_but_english_has_a_catalogue():
    assert sorted(tool.catalogues()) == OTHERS


# The source


def test_sentences_are_literals_that_a_catalogue_can_hold():
    for path in tool.modules():
        list(tool.sentences(path))


def test_a_sentence_names_no_command_that_would_be_for_another_desk(template):
    """A command that needs a desk is given as :class:`Advice`; in mail it has a line of its own."""
    needs_no_desk = re.compile(r"sysmo (?:demo\b|(?:\S+ )*--help|and start it again|again)")
    named = {each.id for each in template if "sysmo " in needs_no_desk.sub("", str(each.id))}
    assert named == {"Which; see: sysmo config show"}


def test_every_place_in_a_sentence_is_given_something():
    """A call that names its parameters names all that its sentence needs."""
    lacking = []
    for path in tool.modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or tool.called(node) not in {"_", "ngettext", *tool.ERRORS}:
                continue
            given = {keyword.arg for keyword in node.keywords}
            if None in given:
                continue
            given |= {"count"} if tool.called(node) == "ngettext" else set()
            # A refusal keeps this one for itself: it names the place of the mistake.
            given -= {"field"} if tool.called(node) in tool.ERRORS else set()
            for each in tool.spoken_by(node, f"{path.relative_to(ROOT)}:{node.lineno}"):
                needed = {re.split(r"[.\[]", name)[0] for name in tool.places(each.text)}
                if needed - given:
                    lacking.append(f"{each.place}: {each.text!r} needs {sorted(needed - given)}")
    assert lacking == []


def extracted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> dict:
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "SOURCE", tmp_path)
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    return {key: tool.english(each) for key, each in tool.keys(tool.extract()).items()}


def test_every_way_of_saying_something_is_found(tmp_path, monkeypatch):
    found = extracted(
        tmp_path,
        monkeypatch,
        """
_("a " "b", x=i18n._("nested"))
N_("marked"); self._("method"); _(marked_elsewhere); _(status.label)
_("yes" if sure else "no")
ngettext("{count} cat", "{count} cats", n)
pgettext("verb", "Open"); pgettext("state", "Open")
raise Invalid(N_("bad {name}"), field="name", name=Message(N_("one"), {}, N_("many"), 2))
Message("{count} dog", {}, plural="{count} dogs", count=n)
""",
    )
    alone = ["a b", "nested", "marked", "method", "yes", "no", "bad {name}"]
    assert found == {
        **{(None, text): (text,) for text in alone},
        (None, "{count} cat"): ("{count} cat", "{count} cats"),
        (None, "{count} dog"): ("{count} dog", "{count} dogs"),
        (None, "one"): ("one", "many"),
        ("verb", "Open"): ("Open",),
        ("state", "Open"): ("Open",),
    }


@pytest.mark.parametrize(
    "source",
    ['_(f"{x}")', '_("a" + b)', '_("a {}".format(x))', 'N_("a %s" % x)', 'Invalid(N_(f"{x}"))'],
)
def test_a_sentence_put_together_in_the_source_is_refused(tmp_path, monkeypatch, source):
    with pytest.raises(SystemExit, match=r"module\.py:1"):
        extracted(tmp_path, monkeypatch, source)
