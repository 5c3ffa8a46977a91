"""No naive answer passes the exercises of the chapter on immutable infrastructure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import deploylab as dl

FLEETS = {
    "patched in place": dl.ServerFleet(max_surge=6, max_unavailable=2),
    "patched with luck": dl.ServerFleet(skip_rate=0, failure_rate=0, reorder_rate=0, hand_fixes_per_month=0),
    "as it comes, too slow": dl.ServerFleet(way="immutable"),
    "more servers than there are to spare": dl.ServerFleet(way="immutable", max_surge=8),
    "a second fleet": dl.ServerFleet(way="immutable", max_surge=40),
    "none to spare": dl.ServerFleet(way="immutable", max_surge=0, max_unavailable=8),
    "half and half": dl.ServerFleet(way="immutable", max_surge=4, max_unavailable=4),
    "a smaller fleet": dl.ServerFleet(way="immutable", servers=4, max_surge=2),
    "a quicker server": dl.ServerFleet(way="immutable", boot_time=10),
}


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_a_naive_fleet_does_not_pass(fleet: dl.ServerFleet) -> None:
    assert dl.check("05-immutable/1", fleet).verdict == "not yet"


def test_only_the_choice_counts_and_the_fleet_is_given() -> None:
    mine = dl.ServerFleet(way="immutable", max_surge=6, max_unavailable=2)
    same = [dl.check("05-immutable/1", dl.ServerFleet(
        way="immutable", max_surge=6, max_unavailable=2, servers=servers, boot_time=boot_time,
    )) for servers, boot_time in ((1, 1), (900, 600))]  # fmt: skip
    assert [repr(checked) for checked in same] == [repr(dl.check("05-immutable/1", mine))] * 2


def one_layer(files: dict[str, bytes]) -> dl.Image:
    return dl.Image((dl.Layer(tuple(files.items())),))


def a_layer_each(files: dict[str, bytes]) -> dl.Image:
    return dl.Image(tuple(dl.Layer((pair,)) for pair in files.items()))


def without_python(files: dict[str, bytes]) -> dl.Image:
    return dl.Image((dl.Layer((("app/shop.py", files["app/shop.py"]),)),))


def stale_shop(files: dict[str, bytes]) -> dl.Image:
    return dl.Image((dl.Layer(tuple((path, b"always the same") for path in files)),))


@pytest.mark.parametrize("pack", [one_layer, a_layer_each, without_python, stale_shop])
def test_a_naive_image_does_not_pass(pack: Callable[[dict[str, bytes]], dl.Image]) -> None:
    assert dl.check("05-immutable/2", pack).verdict == "not yet"


def test_what_is_no_image_is_answered_with_a_sentence() -> None:
    assert "is no image; return dl.Image" in dl.check("05-immutable/2", lambda files: files).sentence
