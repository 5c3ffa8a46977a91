"""Several records that play by one clock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import deploylab as dl
from deploylab.model.operating import Trial
from deploylab.views.picture import picture
from deploylab.views.together import together
from tests.views.runs import SCENARIO, outlasting, recreated, rolled_back


def test_the_first_lasts_and_steps_for_all_of_them() -> None:
    short = dl.roll_out(dl.Recreate(), outlasting().scenario)
    leader, other = (frames.meta for frames in together(dl.compare([short, outlasting()])))
    own = picture(outlasting()).meta
    assert leader["end"] < other["end"]
    assert leader["end"] + leader["tail"] == pytest.approx(own["end"] + own["tail"])
    assert set(leader["events"]) == {*picture(short).meta["events"], *own["events"]}
    assert leader["speed"] == max(own["speed"], picture(short).meta["speed"])


def test_each_has_its_own_picture_and_a_name_that_does_not_tell_the_end() -> None:
    three = dl.roll_out(dl.Rolling(batch_size=3, hold=5), SCENARIO)
    first, second = together(dl.compare([rolled_back(), three]))
    assert first.meta["head"] == "Rolling batch_size=2"
    assert (second.svg, second.meta["texts"]) == (picture(three).svg, picture(three).meta["texts"])


def test_more_than_four_are_refused() -> None:
    with pytest.raises(dl.DeploylabError, match="nobody can follow 5 pictures at once; compare up to 4"):
        dl.animate(dl.compare([rolled_back()] * 5))


def test_judges_play_together_too_when_they_met_the_same_requests() -> None:
    def tried(judge: object, looks: int = 20) -> dl.OperatingCharacteristic:
        return dl.operating_characteristic(judge, Trial(looks=looks, runs=50))  # type: ignore[arg-type]

    both = dl.compare([tried(dl.FixedSample()), tried(dl.Sequential())])
    assert dl.animate(both).others[0].description == dl.describe(both.records[1])
    with pytest.raises(dl.DeploylabError, match="their trial differs"):
        dl.compare([tried(dl.FixedSample()), tried(dl.FixedSample(), looks=30)])


def test_one_page_holds_all_of_them_in_words_and_needs_no_network(tmp_path: Path) -> None:
    page = dl.animate(dl.compare([rolled_back(), recreated()])).save(tmp_path / "both.html")
    markup = page.read_text("utf-8")
    assert dl.describe(recreated()).splitlines()[0] in markup
    assert markup.count('<script type="module">') == 1
    assert not re.search(r"https?:|src=|@import|url\((?!#)", markup.replace("http://www.w3.org/2000/svg", ""))
