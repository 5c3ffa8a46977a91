"""A sweep as a grid of values."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import deploylab as dl
from deploylab.views import theme

SVG = "{http://www.w3.org/2000/svg}"
COLUMNS = {
    "hold": np.array([20, 5, 20, 5, 5]),
    "plan": ("b", "b", "a", "a", "a"),
    "seed": np.array([1, 1, 1, 1, 2]),
    "hurt": np.array([7.0, 3.0, np.nan, 4.0, 8.0]),
    "availability": np.array([0.9, 0.99, 0.5, 0.98, 0.98]),
}
TABLE = dl.Table(COLUMNS, varied=("hold", "plan", "seed"))


def cells(picture: Any) -> list[tuple[str, str, str]]:
    """Each cell's value, what is written in it, and the class of its box, row by row."""
    groups = ElementTree.fromstring(picture.svg).iter(f"{SVG}g")
    return [
        (
            group.findtext(f"{SVG}title", ""),
            group.findtext(f"{SVG}text", ""),
            next(group.iter(f"{SVG}rect")).get("class", ""),
        )
        for group in groups
    ]


def test_each_cell_has_the_mean_of_its_rows_written_in_it() -> None:
    assert cells(dl.heatmap(TABLE, "hold", "plan", "hurt")) == [
        ("3", "★ 3", "dl-cell dl-best"),
        ("7", "7", "dl-cell"),
        ("6", "6", "dl-cell"),
        ("–", "–", "dl-hatched"),
    ]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 999)), min_size=1))
def test_every_cell_is_the_mean_of_what_is_known_of_it(rows: list[tuple[int, int, int]]) -> None:
    x, y, value = map(np.array, zip(*rows, strict=True))
    shown = [said for said, _, _ in cells(dl.heatmap(dl.Table({"x": x, "y": y, "v": value}), "x", "y", "v"))]
    found = []
    for down in sorted({b for _, b, _ in rows}):
        for across in sorted({a for a, _, _ in rows}):
            own = [v for a, b, v in rows if (a, b) == (across, down)]
            found.append(sum(own) / len(own) if own else None)
    assert [value is None for value in found] == [said == "–" for said in shown]
    known = [(float(said), value) for said, value in zip(shown, found, strict=True) if value is not None]
    assert all(said == pytest.approx(value, rel=0.006) for said, value in known)


def test_of_an_availability_the_most_is_the_best_unless_told_otherwise() -> None:
    own = cells(dl.heatmap(TABLE, "hold", "plan", "availability"))
    told = cells(dl.heatmap(TABLE, "hold", "plan", "availability", best="least"))
    assert [said for _, said, _ in own + told if "★" in said] == ["★ 99 %", "★ 50 %"]


def test_nothing_is_best_where_all_are_equal() -> None:
    table = dl.Table({"x": np.array([1, 2]), "y": np.array([1, 1]), "v": np.array([3, 3])})
    assert not any("best" in kind for _, _, kind in cells(dl.heatmap(table, "x", "y", "v")))
    assert "All are 3." in dl.heatmap(table, "x", "y", "v").description


def test_what_has_no_room_is_not_written_but_can_be_pointed_at() -> None:
    n = np.arange(200)
    many = dl.Table({"x": n, "y": n * 0, "v": n * 100})
    assert {said for _, said, _ in cells(dl.heatmap(many, "x", "y", "v"))} == {"", "★"}
    assert cells(dl.heatmap(many, "x", "y", "v"))[-1][0] == "19,900"


def test_the_axes_have_the_names_of_the_knobs_and_their_values_in_order() -> None:
    words = [n.text for n in ElementTree.fromstring(dl.heatmap(TABLE, "hold", "plan", "hurt").svg).iter()]
    assert {"hold →", "↓ plan", "hurt", "b", "a"} <= set(words)
    assert words.index("5") < words.index("20")
    assert "★ best · mean of up to 2 rows a cell over seed · hatched: no value" in words


def test_it_is_told_in_words() -> None:
    assert dl.heatmap(TABLE, "hold", "plan", "hurt").description == (
        "hurt over hold (2 values, across) and plan (2 values, down). It goes from 3 to 7. "
        "Best: hold 5 with plan b. 1 of 4 cells have no value."
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("holds", "plan", "hurt"), "no column 'holds'; the table has hold, plan, seed, hurt, availability"),
        (("hold", "plan", "plan"), "'plan' holds no numbers; the columns that do are hold, seed, hurt"),
        (("hold", "hold", "hurt"), "use three different columns, of which x and y .* hold, plan, seed"),
    ],
)
def test_an_error_names_the_columns_there_are(names: tuple[str, str, str], message: str) -> None:
    with pytest.raises(dl.DeploylabError, match=message):
        dl.heatmap(TABLE, *names)


def test_what_cannot_be_a_heatmap_is_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="list is no Table"):
        dl.heatmap([], "x", "y", "v")  # type: ignore[arg-type]
    with pytest.raises(dl.DeploylabError, match="use 'least', 'most' or nothing"):
        dl.heatmap(TABLE, "hold", "plan", "hurt", best="worst")  # type: ignore[arg-type]
    empty = dl.Table(dict.fromkeys("xyv", np.zeros(0)))
    with pytest.raises(dl.DeploylabError, match="has no rows"):
        dl.heatmap(empty, "x", "y", "v")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_value_can_be_read_on_the_darkest_and_the_lightest_cell(scheme: str) -> None:
    ink = light(theme.colour("ink", scheme))
    for ground in ("heat", "paper"):
        low, high = sorted((ink, light(theme.colour(ground, scheme))))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def light(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
