"""Toggles: flagd's definitions through OpenFeature, from a file that may change at any time."""

from __future__ import annotations

import json
from itertools import pairwise
from os import utime
from pathlib import Path
from typing import Any

import pytest
from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import EventDetails, ProviderEvent
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from openfeature.provider import ProviderStatus

import deploylab as dl
from deploylab.model.errors import FlagFileError
from deploylab.patterns.toggles.flags import fractional_flag, stale_toggles

from .definitions import FLAGS, ON_OFF


def user(key: str = "user-1", **attributes: str) -> EvaluationContext:
    return EvaluationContext(key, attributes)


# What a flag says


def test_there_are_flags_of_every_kind(toggles: dl.Toggles) -> None:
    client = toggles.client()
    assert client.get_boolean_value("shown", False) is True
    assert client.get_string_value("colour", "red") == "green"
    assert client.get_integer_value("limit", 0) == 10
    assert client.get_float_value("rate", 0.0) == 2.5
    assert client.get_object_value("theme", {}) == {"size": 3}
    assert client.get_object_value("list", []) == [1, 2]


def test_a_flag_that_is_off_gives_the_default_of_the_code(toggles: dl.Toggles) -> None:
    details = toggles.client().get_boolean_details("off", False)
    assert (details.value, details.reason, details.error_code) == (False, Reason.DISABLED, None)


def test_a_rule_looks_at_what_is_known_of_the_user(toggles: dl.Toggles) -> None:
    client = toggles.client()
    inside = client.get_boolean_details("beta", False, user(email="a@example.org"))
    outside = client.get_boolean_details("beta", True, user(email="a@example.com"))
    assert (inside.value, inside.variant, inside.reason) == (True, "on", Reason.TARGETING_MATCH)
    assert (outside.value, outside.variant, outside.reason) == (False, "off", Reason.DEFAULT)


def test_a_fraction_of_the_users_gets_the_feature_and_keeps_it(toggles: dl.Toggles) -> None:
    client = toggles.client()
    first = [client.get_boolean_value("half", False, user(f"user-{n}")) for n in range(200)]
    again = [client.get_boolean_value("half", False, user(f"user-{n}")) for n in range(200)]
    assert first == again
    assert 70 < sum(first) < 130


# What goes wrong


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        ("shwon", ErrorCode.FLAG_NOT_FOUND, "flags.json has no flag 'shwon'; did you mean 'shown'?"),
        ("colour", ErrorCode.TYPE_MISMATCH, 'its variants: a = "blue", b = "green"'),
        ("no variant", ErrorCode.GENERAL, "onn not in variants config.; its variants are on, off"),
        ("odd rule", ErrorCode.PARSE_ERROR, "flag 'odd rule': Invalid targeting {'somtimes': [1]}"),
        ("by zero", ErrorCode.GENERAL, "flag 'by zero': its targeting failed (division by zero)"),
        ("bad state", ErrorCode.PARSE_ERROR, "state is 'on'; use ENABLED or DISABLED"),
        ("no variants", ErrorCode.PARSE_ERROR, "variants is None; use values by name"),
        ("odd field", ErrorCode.PARSE_ERROR, "unexpected keyword argument 'variant'"),
        ("no flag", ErrorCode.PARSE_ERROR, "flag 'no flag': 'on' is no definition; for example"),
    ],
)
@pytest.mark.parametrize("default", [True, False])
def test_an_error_gives_the_default_and_the_standard_code(
    toggles: dl.Toggles, key: str, code: ErrorCode, words: str, default: bool
) -> None:
    details = toggles.client().get_boolean_details(key, default)
    assert (details.value, details.reason, details.error_code) == (default, Reason.ERROR, code)
    assert words in str(details.error_message)


def test_one_bad_flag_does_not_spoil_the_others(toggles: dl.Toggles) -> None:
    assert sorted(toggles.problems) == ["bad state", "no flag", "no variant", "no variants", "odd field"]
    assert (
        "there is no variant 'onn' for its defaultVariant; there are on, off"
        in toggles.problems["no variant"]
    )
    assert toggles.client().get_boolean_value("shown", False) is True


HEAVY = {"fractional": [["on", 2**31 - 1], ["off", 1]]}
FITS = {"fractional": [["on", 2**31 - 2], ["off"]]}


@pytest.mark.parametrize(
    "targeting", [HEAVY, {"if": [False, "off", HEAVY]}, {"if": [False, "off", {"$ref": "heavy"}]}]
)
def test_weights_that_sum_to_more_than_flagd_counts_are_a_problem(tmp_path: Path, targeting: Any) -> None:
    """Flagd serves the default to everyone then, and says so in its log alone."""
    path = tmp_path / "flags.json"
    flags = {"heavy": {**ON_OFF, "targeting": targeting}, "fits": {**ON_OFF, "targeting": FITS}}
    path.write_text(json.dumps({"flags": flags, "$evaluators": {"heavy": HEAVY}}))
    toggles = dl.Toggles(path)
    assert toggles.problems == {
        "heavy": "flags.json: flag 'heavy': the weights of a fractional sum to 2,147,483,648, and flagd "
        "counts to 2,147,483,647, so all whom it should divide get the default; use smaller weights, for "
        "example 1 and 7"
    }
    heavy, fits = (toggles.client().get_boolean_details(key, True, user()) for key in flags)
    assert (heavy.variant, heavy.reason) == ("off", Reason.DEFAULT)
    assert (fits.variant, fits.reason) == ("on", Reason.TARGETING_MATCH)


def test_a_provider_that_is_not_ready_gives_the_default(toggles: dl.Toggles) -> None:
    client = toggles.client("lab")
    api.set_provider(_Slow(toggles.path), "lab")
    details = client.get_boolean_details("shown", False)
    assert (details.value, details.error_code) == (False, ErrorCode.PROVIDER_NOT_READY)
    _Slow.go.set()


class _Slow(dl.Toggles):
    from threading import Event

    go = Event()

    def initialize(self, evaluation_context: EvaluationContext) -> None:  # noqa: ARG002
        self.go.wait(10)


BOMB = (
    "a: &a [x, x, x, x, x, x, x, x]\n"
    + "".join(  # 8 to the 9th texts, when it is written out
        f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n" for old, new in pairwise("abcdefghi")
    )
    + "flags: {f: {state: ENABLED, variants: {on: *i}, defaultVariant: on}}"
)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("f.json", '{"flags": {\n  "a" 1}}', r"^f.json: line 2, column 7: Expecting ':' delimiter"),
        (
            "f.yaml",
            "flags:\n  a: [1\n  b: 2",
            r"^f.yaml: line 3, column \d+: .*; look at the colons and the indentation",
        ),
        ("f.yaml", "flags:\n  a: \x00", r"^f.yaml: .*special characters are not allowed"),
        ("f.json", "", r"^f.json: line 1, column 1: Expecting value"),
        ("f.yaml", "", r"^f.yaml: there is no object of flags by their keys"),
        ("f.json", "[]", r"^f.json: there is no object of flags by their keys; for example"),
        ("f.json", '{"flags": []}', r"^f.json: there is no object of flags by their keys; for example"),
        ("f.json", '{"flags": {}, "metadata": 5}', r"^f.json: `metadata` key of configuration must be"),
        ("f.json", "[" * 100_000, r"^f.json: nested too deeply"),
        ("f.json", '{"flags": ' + "9" * 5000, r"^f.json: Exceeds the limit"),
        ("f.json", '{"flags": {}}' + " " * 1_000_000, r"^f.json: more than 1,000,000 bytes; split it"),
        ("f.yaml", "flags: !!int x", r"^f.yaml: invalid literal"),
        ("f.yaml", "flags: !!timestamp x", r"^f.yaml: "),
        ("f.yaml", BOMB, r"^f.yaml: line 2: aliases are not read here; write the text out"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_the_place(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(FlagFileError, match=message):
        dl.Toggles(tmp_path / name)


def test_a_file_in_another_encoding_is_refused_and_a_mark_of_utf_8_is_none(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text('{"flags": {"café": 1}}', encoding="latin-1")
    with pytest.raises(FlagFileError, match=r"^f.json: byte 15 is not UTF-8; save the file as UTF-8"):
        dl.Toggles(file)
    file.write_text('{"flags": {}}', encoding="utf-8-sig")
    assert dl.Toggles(file).definitions == {}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlagFileError, match=r"none.json cannot be read \(No such file or directory\)"):
        dl.Toggles(tmp_path / "none.json")


@pytest.mark.parametrize("path", [{}, 3, None, ""])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(FlagFileError, match=r"Toggles: .* is no path; give that of a flag file"):
        dl.Toggles(path)


def test_on_and_off_are_words_in_yaml_too(tmp_path: Path) -> None:
    path = tmp_path / "flags.yaml"
    path.write_text(
        "flags:\n"
        "  shown:\n"
        "    state: ENABLED\n"
        "    variants: {on: true, off: false}\n"
        "    defaultVariant: on\n"
        "    metadata: {expires: 2026-05-31}\n"
    )
    toggles = dl.Toggles(path)
    assert toggles.problems == {}
    assert toggles.resolve_boolean_details("shown", False).value is True
    assert stale_toggles(toggles.definitions)["shown"] == "everyone gets on"


# What changes at run time


def rewrite(path: Path, **flags: Any) -> None:
    path.write_text(json.dumps({"flags": {**FLAGS, **flags}}))


def test_a_change_counts_from_the_next_request_on(toggles: dl.Toggles) -> None:
    client = toggles.client()
    for variant, value in (("off", False), ("on", True), ("off", False)):
        rewrite(toggles.path, shown={**ON_OFF, "defaultVariant": variant})
        assert client.get_boolean_value("shown", not value) is value


def test_a_change_is_seen_when_neither_time_nor_size_of_the_file_changes(toggles: dl.Toggles) -> None:
    rewrite(toggles.path, half=fractional_flag(0))
    assert toggles.resolve_boolean_details("half", True, user()).value is False
    before = toggles.path.stat()
    rewrite(toggles.path, half={**fractional_flag(0), "targeting": {"fractional": [["on", 1], ["off", 0]]}})
    utime(toggles.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert toggles.path.stat().st_size == before.st_size
    assert toggles.resolve_boolean_details("half", False, user()).value is True


def test_a_settled_file_is_not_read_again(toggles: dl.Toggles, monkeypatch: pytest.MonkeyPatch) -> None:
    utime(toggles.path, (0, 0))
    toggles.reload()
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    assert toggles.resolve_boolean_details("shown", False).value is True


def test_reload_says_which_flags_changed(toggles: dl.Toggles) -> None:
    assert toggles.reload() == []
    rewrite(toggles.path, shown=ON_OFF, new=ON_OFF, limit=5, **{"bad state": ON_OFF})
    assert toggles.reload() == ["bad state", "limit", "new", "shown"]
    rewrite(toggles.path)
    assert toggles.reload() == ["bad state", "limit", "new", "shown"]


def test_a_broken_file_leaves_the_flags_as_they_were_until_it_is_mended(toggles: dl.Toggles) -> None:
    client = toggles.client()
    toggles.path.write_text("{")
    assert client.get_boolean_value("shown", False) is True
    assert "line 1, column 2" in toggles.stale
    assert client.get_provider_status() is ProviderStatus.STALE
    toggles.path.unlink()
    assert client.get_boolean_value("shown", False) is True
    rewrite(toggles.path, shown=ON_OFF)
    assert client.get_boolean_value("shown", True) is False
    assert toggles.stale == ""
    assert client.get_provider_status() is ProviderStatus.READY


def test_each_trouble_with_the_file_is_logged_once(
    toggles: dl.Toggles, caplog: pytest.LogCaptureFixture
) -> None:
    toggles.path.write_text("{")
    for _ in range(3):
        assert toggles.resolve_boolean_details("shown", False).value is True
    toggles.path.unlink()
    toggles.resolve_boolean_details("shown", False)
    broken, gone = caplog.messages
    assert "line 1, column 2" in broken
    assert "cannot be read (No such file" in gone
    assert all(message.endswith("; the flags stay as they were") for message in caplog.messages)


def test_reload_refuses_a_broken_file(toggles: dl.Toggles) -> None:
    toggles.path.write_text("{")
    with pytest.raises(FlagFileError, match=r"line 1, column 2"):
        toggles.reload()
    assert toggles.definitions == FLAGS


def test_whoever_listens_is_told_of_a_change(toggles: dl.Toggles) -> None:
    heard: list[list[str] | None] = []

    def hear(details: EventDetails) -> None:
        heard.append(details.flags_changed)

    client = toggles.client()
    client.add_handler(ProviderEvent.PROVIDER_CONFIGURATION_CHANGED, hear)
    rewrite(toggles.path, shown=ON_OFF)
    client.get_boolean_value("shown", False)
    assert heard == [["shown"]]
