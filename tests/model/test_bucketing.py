"""Bucketing: where flagd puts a user, in each of its three versions, and what that means for a rollout."""

from __future__ import annotations

from typing import Any

import mmh3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

from deploylab.model.bucketing import MAX_INT32, VERSIONS, hashes, murmur3_32, places
from deploylab.patterns.toggles.flags import fractional_flag

keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
users = st.lists(keys, min_size=1, max_size=20)
crowd = [f"user-{number}" for number in range(2000)]


def chosen_by_flagd(key: str, flag: dict[str, Any], people: list[str]) -> list[bool]:
    """Whom the library itself gives the feature."""
    core = FlagdCore()
    core.set_flags({"flags": {key: dict(flag)}})
    return [core.resolve_boolean_value(key, False, EvaluationContext(user)).value for user in people]


@pytest.mark.parametrize(
    ("text", "seed", "expected"),
    [
        (b"", 0, 0),
        (b"", 1, 0x514E28B7),
        (b"", 0xFFFFFFFF, 0x81F16F39),
        (b"test", 0, 0xBA6BD213),
        (b"aaaa", 0x9747B28C, 0x5A97808A),
        (b"Hello, world!", 0x9747B28C, 0x24884CBA),
        (b"The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD),
    ],
)  # fmt: skip
def test_murmur_gives_the_published_hashes(text: bytes, seed: int, expected: int) -> None:
    rows = np.frombuffer(text, np.uint8).reshape(1, len(text))
    assert murmur3_32(rows, seed).tolist() == [expected]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_every_key_is_hashed_as_by_itself_in_c(texts: list[bytes]) -> None:
    assert hashes(texts).tolist() == [mmh3.hash(text, signed=False) for text in texts]


@given(keys, users, st.integers(0, 100_000))
def test_version_3_chooses_whom_the_library_chooses(key: str, people: list[str], thousandths: int) -> None:
    weight = thousandths / 1000
    expected = chosen_by_flagd(key, fractional_flag(weight), people)
    assert (places(key, people, 3) < weight).tolist() == expected


@given(keys, users, st.integers(0, 100))
def test_version_2_multiplies_the_hash_by_the_total_weight(key: str, people: list[str], weight: int) -> None:
    buckets = [mmh3.hash(key + user, signed=False) * 100 >> 32 for user in people]
    assert (places(key, people, 2) < weight).tolist() == [bucket < weight for bucket in buckets]


@given(keys, users, st.integers(0, 100))
def test_version_1_divides_the_hash_without_its_sign(key: str, people: list[str], weight: int) -> None:
    ratios = [abs(mmh3.hash(key + user)) / MAX_INT32 for user in people]
    assert (places(key, people, 1) < weight).tolist() == [ratio * 100 < weight for ratio in ratios]


@pytest.mark.parametrize(
    ("version", "first_weight"),
    # Found by asking the released packages: provider-flagd 0.2.3, flagd-core 1.0.0 and flagd-core 2.0.0.
    [(1, [91, 46, 46, 21, 2, 31]), (2, [46, 23, 78, 90, 1, 16]), (3, [50, 7, 4, 59, 96, 47])],
)
def test_the_first_whole_percentage_that_reaches_a_user(version: int, first_weight: list[int]) -> None:
    people = ["user-1", "user-2", "user-3", "user-7", "anna", "Zoë"]
    assert (np.floor(places("new-checkout", people, version)) + 1).tolist() == first_weight


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_user_keeps_the_feature_while_the_percentage_grows(one: int, other: int) -> None:
    few, many = (
        chosen_by_flagd("new-checkout", fractional_flag(weight), crowd[:50])
        for weight in sorted((one, other))
    )
    assert all(still for had, still in zip(few, many, strict=True) if had)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("weight", [1, 25, 50, 90])
def test_a_percentage_reaches_about_that_many_users(version: int, weight: int) -> None:
    expected = weight / 100
    share = (places("new-checkout", crowd, version) < weight).mean()
    assert abs(share - expected) < 4 * (expected * (1 - expected) / len(crowd)) ** 0.5


@pytest.mark.parametrize(
    "anew",
    [lambda: places("newer-checkout", crowd, 3), lambda: places("new-checkout", crowd, 2)],
    ids=["another key", "another bucketing"],
)
def test_users_are_dealt_anew_as_by_chance(anew: Any) -> None:
    before, after = places("new-checkout", crowd, 3) < 30, anew() < 30
    kept = (before & after).sum() / before.sum()
    assert abs(kept - 0.3) < 4 * (0.3 * 0.7 / before.sum()) ** 0.5


def test_version_1_leaves_a_user_out_even_at_100_percent() -> None:
    # These two hash to the most negative number of all, found by running the hash backwards.
    assert mmh3.hash("aivl" + "ts3m") == -(2**31)
    assert places("aivl", ["ts3m"], 1)[0] > 100
    assert places("aivl", ["ts3m"], 2)[0] == 50


def test_a_long_key_counts_with_its_whole_length() -> None:
    people = ["x" * length for length in (23, 24, 255, 256, 65_535, 65_536)]
    chosen = chosen_by_flagd("k" * 300, fractional_flag(50), people)
    assert (places("k" * 300, people, 3) < 50).tolist() == chosen
