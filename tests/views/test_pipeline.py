"""The picture of a pipeline shows what was recorded: every defect, every release, every failure."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

import deploylab as dl
from deploylab.model.delivery_log import Kind
from deploylab.model.dora import DAY
from deploylab.model.pipeline import STAGES, Deploy, Pipeline, Stage
from deploylab.model.record import SECOND
from deploylab.views.describe_delivery import describe_delivery
from deploylab.views.frames import Frames
from deploylab.views.pipeline import SEEN, pipeline
from deploylab.views.pipeline_motes import AUTHORS, MOTE_KINDS, PLACES, PRODUCTION, SHELF
from deploylab.views.pipeline_stacks import BINS
from tests.views.contract import assert_plays

SLOW = Stage(duration=240, workers=3)


@cache
def deliveries() -> dict[str, dl.Delivery]:
    return {
        "every commit": dl.deliver(Pipeline(days=40)),
        "batches": dl.deliver(Pipeline(days=40, batch_size=20)),
        "calendar": dl.deliver(
            Pipeline(
                days=40, release_every=7, recovery="fix forward", acceptance=SLOW, deploy=Deploy(approval=9)
            )
        ),
        "canary": dl.deliver(Pipeline(days=40, batch_size=4), dl.Canary()),
        "many": dl.deliver(Pipeline(days=40, rate=300)),
        "nothing": dl.deliver(Pipeline(days=0.001)),
    }


each = pytest.mark.parametrize("name", list(deliveries()))


def flights(frames: Frames, *kinds: str) -> list[tuple[float, int, int]]:
    """The flights of these kinds: when each begins (s), from which room, and to which."""
    columns = frames.columns
    which = np.isin(columns["mote_kind"], [MOTE_KINDS.index(kind) for kind in kinds])
    rooms = (columns[name][which] // PLACES for name in ("mote_from", "mote_to"))  # type: ignore[operator]
    return list(zip(columns["mote_time"][which].tolist(), *(room.tolist() for room in rooms), strict=True))


@each
def test_the_player_can_play_it(name: str) -> None:
    record = deliveries()[name]
    assert_plays(pipeline(record))
    assert_plays(pipeline(record, deliveries()["every commit"]))


@each
def test_every_defect_that_a_stage_finds_goes_back_to_its_author(name: str) -> None:
    record = deliveries()[name]
    jobs = record.jobs
    found = jobs.found & (jobs.done < record.end * SECOND)
    shown = Counter(start for _, start, end in flights(pipeline(record), "found") if end == AUTHORS)
    assert shown == Counter((jobs.stage[found] + 1).tolist())


@each
def test_every_incident_that_is_noticed_leaves_production(name: str) -> None:
    record = deliveries()[name]
    shown = [(start, end) for _, start, end in flights(pipeline(record), "far")]
    noticed = [i for i in record.incidents if i.detected is not None]
    assert shown == [(PRODUCTION, AUTHORS)] * len(noticed)


@pytest.mark.parametrize("name", ["every commit", "batches", "calendar", "canary"])
def test_every_commit_of_a_release_flies_to_production_and_arrives_when_it_is_live(name: str) -> None:
    record = deliveries()[name]
    frames, d = pipeline(record), record.deployments
    leg = frames.meta["kinds"][0]["leg"]
    flying = [start + leg for start, _, end in flights(frames, "good", "defect") if end == PRODUCTION]
    up = d.kind != Kind.ROLLBACK
    live = np.sort(d.done[up].repeat(d.size[up])) / SECOND
    assert np.sort(flying) == pytest.approx(live, abs=1)


@pytest.mark.parametrize("name", ["every commit", "batches", "canary"])
def test_what_is_taken_back_flies_to_the_shelf(name: str) -> None:
    record = deliveries()[name]
    size = record.deployments.size
    sound = [int(size[i.deployment]) - 1 for i in record.incidents if i.taken_back_by is not None]
    rooms = [(start, end) for _, start, end in flights(pipeline(record), "back", "defect")]
    assert rooms.count((PRODUCTION, SHELF)) == sum(sound)


def test_dots_of_one_commit_fly_one_after_the_other() -> None:
    record = dl.deliver(Pipeline(days=2, rate=1, defect_chance=0))
    frames = pipeline(record)
    leg = frames.meta["kinds"][0]["leg"]
    hops = [(start, room) for start, _, room in flights(frames, "good") if room <= SHELF]
    first = [start for start, _ in sorted(hops)[: len(STAGES) + 1]]
    assert len(record.commits) > 0
    assert min(np.diff(first)) >= leg - 1


def test_no_commit_with_a_defect_is_left_out_of_a_crowded_picture() -> None:
    record = deliveries()["many"]
    jobs = record.jobs
    bad = (record.commits.found[jobs.commit] >= 0) & ~jobs.repaired & (jobs.queued <= record.end * SECOND)
    shown = [room for _, _, room in flights(pipeline(record), "defect") if room <= len(STAGES)]
    assert len(shown) == bad.sum()
    assert "1 dot = 1 commit;" not in pipeline(record).svg


@pytest.mark.parametrize("name", ["every commit", "batches", "calendar", "canary"])
def test_the_stacks_hold_every_commit_that_is_not_elsewhere(name: str) -> None:
    record = deliveries()[name]
    heights = pipeline(record).columns["stack"].reshape(-1, BINS)
    jobs, last = record.jobs, record.end * SECOND
    for number in range(len(STAGES)):
        mine = jobs.stage == number
        waits = mine & (jobs.queued <= last) & (jobs.start > last)
        works = mine & (jobs.start <= last) & (jobs.done > last)
        four = heights[4 * number : 4 * number + 4, -1]
        assert four[0] + four[2] == waits.sum()
        assert four[1] + four[3] == works.sum()


def test_the_shelf_fills_until_the_batch_is_full() -> None:
    record = dl.deliver(Pipeline(days=40, batch_size=20, defect_chance=0))
    shelf = pipeline(record).columns["stack"].reshape(-1, BINS)[-2]
    assert shelf.max() >= 17
    assert shelf.max() <= 20 + 4  # one batch may be on its way


def shelf(record: dl.Delivery) -> list[int]:
    """The commits on the shelf at the end of each bin, counted event by event."""
    jobs, d = record.jobs, record.deployments
    passed = (jobs.stage == len(STAGES) - 1) & ~jobs.found
    members = [record.shipped[a : a + n].tolist() for a, n in zip(d.first, d.size, strict=True)]
    events = [
        (t, 1, [c]) for t, c in zip(jobs.done[passed].tolist(), jobs.commit[passed].tolist(), strict=True)
    ]
    events += [(int(d.start[k]), 2, m) for k, m in enumerate(members) if d.kind[k] != Kind.ROLLBACK]
    for incident in record.incidents:
        if (k := incident.taken_back_by) is not None:
            events.append((int(d.done[k]), 0, [c for c in members[k] if c != incident.culprit]))
    here: set[int] = set()
    counts, ends = [], np.linspace(0, record.end * SECOND, BINS + 1)[1:].tolist()
    for time, order, commits in [*sorted(events), (ends[-1] + 1, 0, [])]:
        while len(counts) < BINS and ends[len(counts)] < time:
            counts.append(len(here))
        here = here - set(commits) if order == 2 else here | set(commits)
    return counts


@pytest.mark.parametrize("name", ["every commit", "batches", "calendar", "canary"])
def test_the_shelf_holds_what_has_passed_and_is_not_on_its_way(name: str) -> None:
    record = deliveries()[name]
    heights = pipeline(record).columns["stack"].reshape(-1, BINS)
    assert (heights[-2].astype(int) + heights[-1]).tolist() == shelf(record)


@each
def test_production_shows_its_failures_long_enough_to_be_seen(name: str) -> None:
    record = deliveries()[name]
    frames = pipeline(record)
    times, states = frames.meta["states"]["production"]
    failing = [(a, b) for a, b, state in zip(times, times[1:], states, strict=False) if state == "failing"]
    for incident in record.incidents:
        over = min(record.end, record.end if incident.recovered is None else incident.recovered)
        assert any(a - 1e-3 <= incident.began and b + 1e-3 >= over for a, b in failing)
    assert all(b - a >= SEEN * frames.meta["speed"] - 1e-2 for a, b in failing)
    assert bool(failing) == bool(record.incidents)


def test_the_last_words_are_the_figures_of_the_record() -> None:
    record = deliveries()["batches"]
    said = {name: track[-1][1][0][0] for name, track in pipeline(record).meta["texts"].items()}
    words = {figure.name: figure.words for figure in record.figures()}
    assert said["lane0a"] == words["deployment frequency"]
    assert said["lane1a"] == f"{words['change failure rate']} · {words['recovery time']}"
    assert said["lane2a"] == words["lead time"]
    assert said["lane0b"] == record.placement.deployment_frequency[0]


def test_a_record_from_before_is_a_ghost() -> None:
    one, other = deliveries()["every commit"], deliveries()["batches"]
    assert "dl-ghost" in pipeline(one, other).svg
    assert "dl-ghost" not in pipeline(one).svg


def test_the_cursor_crosses_the_days() -> None:
    frames = pipeline(deliveries()["every commit"])
    assert frames.meta["clock"]["each"] == DAY
    assert frames.meta["cursor"]["times"][1] == 40 * DAY


@each
def test_the_words_name_the_keys(name: str) -> None:
    record = deliveries()[name]
    words = describe_delivery(record)
    assert f"{record.delivered:,} commits run in production" in words
    assert record.placement.cluster in words


def test_the_words_say_how_many_keys_a_cluster_has() -> None:
    record = dl.deliver(Pipeline(batch_size=20, seed=7))
    assert record.headline == "Batches of 20: elite in 3 of 4 keys (DORA 2024)"
    told = " ".join(describe_delivery(record).split())
    assert "most like the elite cluster of DORA 2024 (in 3 of 4 keys)" in told
    story = [part for part, _ in pipeline(record).meta["texts"]["story"][-1][1]]
    assert story[1] == ": most like the elite cluster of DORA 2024 (in 3 of 4 keys)"
    assert dl.deliver(Pipeline(seed=7)).headline == "Every commit: elite (DORA 2024)"


def test_one_commit_is_no_commits() -> None:
    story = pipeline(deliveries()["every commit"]).meta["texts"]["story"]
    words = [text for _, parts in story for text, _ in parts]
    assert [text for text in words if text.startswith("1 commits")] == []


def test_an_approval_is_told_as_the_mean_that_it_is() -> None:
    assert "24 h on average" in pipeline(dl.deliver(Pipeline(days=5, deploy=dl.Deploy(approval=24)))).svg


def test_the_words_say_whom_it_hurt_only_if_that_was_simulated() -> None:
    assert "users were hurt" in describe_delivery(deliveries()["canary"])
    assert "users were hurt" not in describe_delivery(deliveries()["batches"])


def test_a_playground_turns_a_pipeline() -> None:
    board = dl.playground(Pipeline(days=10))
    control = next(c for path, c in board.controls.items() if path[-1] == "batch_size")
    control.widget.value = 9
    assert board.record.title == "Batches of 9"
