"""The self-contained markup of an animation."""

from __future__ import annotations

import re
from pathlib import Path

import deploylab as dl

SCENARIO = dl.Scenario(candidate=dl.Version("v2 <b>&", error_rate=0.05), duration=30)
ANIMATION = dl.animate(dl.roll_out(dl.Recreate(), SCENARIO))


def test_the_markup_asks_for_nothing_from_a_network() -> None:
    markup = ANIMATION._repr_html_().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|src=|@import|url\((?!#)", markup)


def test_a_version_s_name_cannot_break_out_of_the_markup() -> None:
    head, script = ANIMATION._repr_html_().split('<script type="module">')
    assert "<b>" not in head
    assert "<b>" not in script.partition("\n</script>")[0].partition("mount(root, ")[2]


def test_who_cannot_run_scripts_reads_the_description() -> None:
    assert "Recreate replaces v1 by v2 &lt;b&gt;&amp; on 6 instances" in ANIMATION._repr_html_()


def test_a_saved_page_is_whole_and_does_not_tell_the_end(tmp_path: Path) -> None:
    page = ANIMATION.save(tmp_path / "run.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>Recreate</title>" in page
    assert page.rstrip().endswith("</html>")


def test_the_same_run_gives_the_same_markup() -> None:
    assert dl.animate(dl.roll_out(dl.Recreate(), SCENARIO))._repr_html_() == ANIMATION._repr_html_()


def test_the_representation_is_the_description() -> None:
    assert repr(ANIMATION) == f"Animation of {dl.describe(ANIMATION.record)}"
