"""A delivery is what its pipeline, its luck and the theory of queues say it must be."""

from __future__ import annotations

from dataclasses import replace
from heapq import heapreplace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deploylab as dl
from deploylab.engine.delivery import deliver
from deploylab.engine.rehearsal import rehearse
from deploylab.model.delivery_log import ESCAPED, Kind
from deploylab.model.dora import DAY
from deploylab.model.errors import KnobError, StrategyError
from deploylab.model.pipeline import STAGES, Deploy, Monitor, Pipeline, Stage
from deploylab.model.record import SECOND
from deploylab.patterns.continuous_deployment import (
    chance_of_bad_release,
    economic_release_interval,
    littles_law,
    mm1_time_in_system,
)
from tests.release_theory import release_cost_rate

INSTANT = Stage(duration=0, catches=0)
NOTHING: dict[str, Any] = dict.fromkeys(STAGES, INSTANT)


def stages() -> st.SearchStrategy[Stage]:
    return st.builds(
        Stage,
        duration=st.sampled_from([0, 5, 60, 300]),
        workers=st.integers(1, 4),
        catches=st.sampled_from([0, 0.3, 1]),
        flakiness=st.sampled_from([0, 0.4]),
        variation=st.sampled_from([0, 0.3, 1]),
    )


pipelines = st.builds(
    Pipeline,
    rate=st.sampled_from([3.0, 12, 40]),
    defect_chance=st.sampled_from([0, 0.1, 0.6]),
    batch_size=st.integers(1, 12),
    release_every=st.sampled_from([0.0, 0.0, 0.5, 3]),
    build=stages(), unit=stages(), integration=stages(), acceptance=stages(),
    deploy=st.builds(Deploy, st.sampled_from([0, 10, 240]), st.sampled_from([0.0, 4])),
    monitor=st.builds(Monitor, st.sampled_from([0, 0.8, 1]), st.sampled_from([0, 30])),
    recovery=st.sampled_from(["roll back", "fix forward"]),
    days=st.sampled_from([5.0, 20]),
    seed=st.integers(0, 1_000),
)  # fmt: skip
many = settings(max_examples=30)


@many
@given(pipelines)
def test_a_stage_serves_in_the_order_of_arrival_and_whoever_is_free_first(pipeline: Pipeline) -> None:
    jobs = deliver(pipeline).jobs
    for number, stage in enumerate(pipeline.stages.values()):
        mine = jobs.stage == number
        free = [0] * stage.workers
        rows = zip(*(c[mine].tolist() for c in (jobs.queued, jobs.start, jobs.done)), strict=True)
        for queued, start, done in rows:
            assert start == max(queued, free[0])
            heapreplace(free, done)


@many
@given(pipelines)
def test_a_commit_passes_every_stage_in_its_order_until_one_finds_its_defect(pipeline: Pipeline) -> None:
    record = deliver(pipeline)
    jobs, end = record.jobs, record.end * SECOND
    passes: dict[tuple[int, bool], list[int]] = {}
    for row in range(len(jobs.commit)):
        passes.setdefault((int(jobs.commit[row]), bool(jobs.repaired[row])), []).append(row)
    for (commit, repaired), rows in passes.items():
        assert jobs.stage[rows].tolist() == list(range(len(rows)))
        assert (jobs.queued[rows[1:]] == jobs.done[rows[:-1]]).all()
        found = int(record.commits.found[commit])
        last = found if 0 <= found < ESCAPED and not repaired else len(STAGES) - 1
        if jobs.done[rows[-1]] < end:
            assert len(rows) - 1 == last
        assert jobs.found[rows].any() == (not repaired and found == len(rows) - 1)


@many
@given(pipelines)
def test_no_commit_is_lost_and_none_is_in_production_twice(pipeline: Pipeline) -> None:
    record = deliver(pipeline)
    c, d = record.commits, record.deployments
    for number in range(len(d)):
        members = record.shipped[d.first[number] : d.first[number] + d.size[number]]
        assert len(set(members.tolist())) == len(members)
    live = c.live >= 0
    assert (c.live[live] == d.done[c.deployment[live]]).all()
    assert (c.deployment[~live] == -1).all()
    assert (c.live[live] >= c.ready[live]).all()
    assert (c.ready[live] >= c.time[live]).all()


@many
@given(pipelines)
def test_one_deployment_follows_the_other(pipeline: Pipeline) -> None:
    record = deliver(pipeline)
    d = record.deployments
    forward = d.kind != Kind.ROLLBACK
    assert (d.start[forward][1:] >= d.done[forward][:-1]).all()
    assert (d.start[forward] >= d.formed[forward]).all()


@many
@given(pipelines)
def test_a_deployment_fails_exactly_if_a_hidden_defect_is_in_it(pipeline: Pipeline) -> None:
    record = deliver(pipeline)
    d = record.deployments
    number = np.arange(len(d)).repeat(d.size)
    bad = np.bincount(number[record.hidden], minlength=len(d)) > 0
    forward = d.kind != Kind.ROLLBACK
    assert (d.failed[forward] == bad[forward]).all()
    assert not d.failed[~forward].any()
    assert {i.deployment for i in record.incidents} == set(np.flatnonzero(d.failed).tolist())


@many
@given(pipelines)
def test_an_incident_is_noticed_before_it_is_over(pipeline: Pipeline) -> None:
    for incident in deliver(pipeline).incidents:
        times = [incident.began, incident.detected, incident.recovered]
        known = [time for time in times if time is not None]
        assert known == sorted(known)
        assert times[: len(known)] == known


@many
@given(pipelines, pipelines)
def test_two_pipelines_meet_the_same_commits(one: Pipeline, other: Pipeline) -> None:
    same = {"rate": 12.0, "days": 10.0, "seed": 3, "defect_chance": 0.3}
    first, second = deliver(replace(one, **same)).commits, deliver(replace(other, **same)).commits
    assert (first.time == second.time).all()
    assert (first.size == second.size).all()
    assert ((first.found >= 0) == (second.found >= 0)).all()


@many
@given(pipelines)
def test_more_days_only_extend_fewer(pipeline: Pipeline) -> None:
    short, long = deliver(pipeline), deliver(replace(pipeline, days=2 * pipeline.days))
    n, d = len(short.deployments), short.deployments
    assert (long.commits.time[: len(short.commits)] == short.commits.time).all()
    assert (long.deployments.done[:n] == d.done).all()
    assert (long.deployments.failed[:n] == d.failed).all()


def test_the_same_pipeline_gives_the_same_record() -> None:
    one, again = deliver(Pipeline(days=20, batch_size=4)), deliver(Pipeline(days=20, batch_size=4))
    assert [f.words for f in one.figures()] == [f.words for f in again.figures()]
    assert (one.jobs.done == again.jobs.done).all()


# Theory


@pytest.mark.parametrize("batch_size", [1, 20])
def test_the_work_in_progress_is_what_littles_law_says(batch_size: int) -> None:
    record = deliver(Pipeline(rate=50, batch_size=batch_size, defect_chance=0, days=400))
    mean = float(record.lead_times.mean()) / SECOND / DAY
    assert record.work_in_progress == pytest.approx(littles_law(50, mean), rel=0.02)


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_one_worker_with_exponential_work_is_m_m_1(load: float) -> None:
    stage = Stage(duration=60, workers=1, variation=1, catches=0)  # serves 24 a day
    means = []
    for seed in range(10):
        pipeline = replace(
            Pipeline(rate=24 * load, defect_chance=0, days=400, seed=seed), **{**NOTHING, "unit": stage}
        )
        jobs = deliver(pipeline).jobs
        mine = jobs.stage == STAGES.index("unit")
        means.append(float((jobs.done - jobs.queued)[mine].mean()) / SECOND / DAY)
    error = np.std(means, ddof=1) / len(means) ** 0.5
    assert abs(np.mean(means) - mm1_time_in_system(24 * load, 24)) < 4 * error


def test_a_flaky_stage_takes_as_long_on_average_as_it_says() -> None:
    flaky = Stage(duration=30, flakiness=0.4, variation=0, workers=50)
    jobs = deliver(replace(Pipeline(defect_chance=0, days=500), unit=flaky)).jobs
    took = (jobs.done - jobs.start)[jobs.stage == 1] / SECOND / 60
    assert set(np.unique(took % 30)) == {0.0}
    assert took.mean() == pytest.approx(flaky.mean_duration, rel=0.03)


@pytest.mark.parametrize("batch_size", [1, 10, 50])
def test_a_planned_release_is_bad_as_often_as_theory_says(batch_size: int) -> None:
    pipeline = Pipeline(rate=200, batch_size=batch_size, days=300, deploy=Deploy(duration=0))
    d = deliver(pipeline).deployments
    planned = d.failed[d.kind == Kind.PLANNED]
    chance = chance_of_bad_release(pipeline.chance_of_escape, batch_size)
    error = (chance * (1 - chance) / len(planned)) ** 0.5
    assert abs(planned.mean() - chance) < 4 * error


@pytest.mark.parametrize("size", [1, 40, 100, 700])
def test_as_many_commits_have_a_defect_as_their_sizes_let_expect(size: int) -> None:
    pipeline = Pipeline(rate=500, size=size, days=100, defect_chance=0.2)
    share = (deliver(pipeline).commits.found >= 0).mean()
    chance = pipeline.chance_of_defect
    assert abs(share - chance) < 4 * (chance * (1 - chance) / 50_000) ** 0.5


def test_a_defect_escapes_the_stages_as_often_as_what_they_catch_lets_expect() -> None:
    pipeline = Pipeline(rate=500, days=100, defect_chance=0.3)
    share = (deliver(pipeline).commits.found == ESCAPED).mean()
    chance = pipeline.chance_of_escape
    assert abs(share - chance) < 4 * (chance * (1 - chance) / 50_000) ** 0.5


@pytest.mark.parametrize("times", [0.5, 1, 2])
def test_releases_by_the_calendar_cost_what_the_economic_batch_says(times: float) -> None:
    best = economic_release_interval(release_cost=10, arrival_rate=20, delay_cost=0.25)
    pipeline = replace(
        Pipeline(
            rate=20, defect_chance=0, release_cost=10, delay_cost=0.25, days=600, release_every=best * times
        ),
        deploy=Deploy(duration=0),
        **NOTHING,
    )
    theory = release_cost_rate(best * times, release_cost=10, arrival_rate=20, delay_cost=0.25)
    assert deliver(pipeline).cost == pytest.approx(theory, rel=0.03)


# The point of it


@pytest.mark.parametrize("recovery", ["roll back", "fix forward"])
def test_small_batches_win(recovery: str) -> None:
    small, large = (deliver(Pipeline(batch_size=b, recovery=recovery)) for b in (1, 50))
    assert small.lead_time is not None
    assert large.lead_time is not None
    assert small.lead_time < large.lead_time / 5
    assert (small.change_failure_rate or 0) < (large.change_failure_rate or 0) / 5
    assert (small.rework_rate or 0) < (large.rework_rate or 0) / 5


def test_a_pipeline_in_which_everything_is_found_never_fails() -> None:
    record = deliver(Pipeline(acceptance=Stage(catches=1)))
    assert record.incidents == ()
    assert record.change_failure_rate == 0
    assert record.recovery_time is None


def test_a_fix_forward_takes_as_long_as_the_pipeline_and_a_roll_back_does_not() -> None:
    slow = Pipeline(acceptance=Stage(duration=600, workers=20))
    back, forward = (deliver(replace(slow, recovery=way)) for way in ("roll back", "fix forward"))
    assert (back.recovery_time or 0) < 3_600 < 10 * 3_600 < (forward.recovery_time or 0)


def test_what_is_rolled_back_comes_again_repaired() -> None:
    record = deliver(Pipeline(batch_size=10))
    d, culprits = record.deployments, [i.culprit for i in record.incidents if i.recovered is not None]
    again = [record.shipped[f : f + n] for f, n in zip(d.first, d.size, strict=True)]
    for incident in record.incidents[:5]:
        assert incident.taken_back_by is not None
        assert d.kind[incident.taken_back_by] == Kind.ROLLBACK
        came = [k for k in range(incident.taken_back_by + 1, len(d)) if incident.culprit in again[k]]
        assert d.kind[came[0]] == Kind.HOTFIX
        assert set(again[came[0]]) == set(again[incident.deployment])
    assert len(set(culprits)) == len(culprits)


def test_what_an_incident_waits_for_goes_first() -> None:
    busy = Pipeline(rate=60, deploy=Deploy(duration=22), recovery="fix forward", days=60)
    d = deliver(busy).deployments
    planned = d.start[d.kind == Kind.PLANNED]
    urgent = d.kind == Kind.HOTFIX
    assert urgent.sum() > 10
    for formed, start in zip(d.formed[urgent], d.start[urgent], strict=True):
        assert not ((planned > formed) & (planned < start)).any()


def test_a_release_takes_its_defects_home_one_by_one() -> None:
    careless = replace(Pipeline(batch_size=20, defect_chance=0.5, days=30), **NOTHING)
    record = deliver(careless)
    assert record.deployments.failed[record.deployments.kind == Kind.HOTFIX].any()


# With a strategy


SCENE = dl.Scenario(candidate=dl.Version("v2", error_rate=0.1), duration=120)
CANARY = dl.Canary(weights=(10, 50), hold=20)


def test_a_good_release_takes_as_long_as_the_strategy_measures() -> None:
    record = deliver(Pipeline(days=20), CANARY, SCENE)
    good = dl.roll_out(CANARY, replace(SCENE, candidate=dl.Version("v2")))
    d = record.deployments
    took = (d.done - d.start)[~d.failed & (d.kind != Kind.ROLLBACK)]
    assert set(took.tolist()) == {round(good.finished * SECOND)}


def test_a_canary_ends_a_bad_release_itself_and_hurts_as_many_as_it_measures() -> None:
    record, bad = deliver(Pipeline(), CANARY, SCENE), dl.roll_out(CANARY, SCENE)
    assert bad.outcome is dl.Outcome.ROLLED_BACK
    assert {i.way for i in record.incidents} == {"strategy"}
    assert {i.users_hurt for i in record.incidents} == {bad.users_hurt}
    assert record.recovery_time == pytest.approx(bad.finished)


def test_who_promotes_a_bad_release_hurts_more_the_longer_nobody_notices() -> None:
    record, bad = deliver(Pipeline(), dl.Recreate(), SCENE), dl.roll_out(dl.Recreate(), SCENE)
    hurt = [(i.recovered - i.began, i.users_hurt) for i in record.incidents if i.recovered is not None]
    users = [users for _, users in sorted(hurt)]
    assert users == sorted(users, key=int)
    assert min(users, key=int) >= bad.users_hurt
    assert max(users, key=int) <= SCENE.traffic.users


def test_users_hurt_over_a_longer_time_are_those_that_a_longer_run_measures() -> None:
    rehearsal = rehearse(dl.Recreate(), replace(SCENE, duration=60))
    assert rehearsal is not None
    longer = dl.roll_out(dl.Recreate(), replace(SCENE, duration=600))
    since = longer.window.rows(longer.window.time >= 60 * SECOND)
    measured = len(np.unique(since.user[since.failed]))
    assert rehearsal.users_hurt(540) == pytest.approx(measured, rel=0.1)


def test_a_scenario_without_a_strategy_is_refused() -> None:
    with pytest.raises(StrategyError, match="a scenario needs a strategy"):
        deliver(Pipeline(), scenario=SCENE)


def test_a_strategy_that_never_promotes_is_refused() -> None:
    blind = dl.Canary(hold=1, analysis=dl.Analysis(min_requests=1_000_000))
    with pytest.raises(StrategyError, match="does not promote even a good candidate"):
        deliver(Pipeline(), blind, SCENE)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"recovery": "pray"}, "Pipeline.recovery: 'pray'"),
        ({"build": 5}, "Pipeline.build: 5 is no Stage"),
        ({"rate": 10_000, "days": 3_650}, "lower the rate or the days"),
        ({"batch_size": 0}, "Pipeline.batch_size: 0"),
        ({"release_evry": 7}, "did you mean release_every"),
    ],
)
def test_what_is_no_pipeline_is_refused(knobs: dict[str, Any], words: str) -> None:
    with pytest.raises(KnobError, match=words):
        Pipeline(**knobs)


def test_what_is_not_a_pipeline_at_all_is_refused() -> None:
    wrong: Any = dl.Canary()
    with pytest.raises(KnobError, match="is no pipeline"):
        deliver(wrong)


def test_records_that_met_other_commits_are_not_compared() -> None:
    with pytest.raises(dl.DeploylabError, match="rate"):
        dl.compare([deliver(Pipeline(days=5)), deliver(Pipeline(days=5, rate=5))])


def test_nothing_delivered_is_said_so() -> None:
    record = deliver(Pipeline(days=1, release_every=30))
    assert record.lead_time is None
    assert record.delivered == 0
    assert {f.name: f.words for f in record.figures()}["lead time"] == "–"


# In words


def test_the_time_failing_is_said_together_with_the_cluster_that_does_not_ask_for_it() -> None:
    record = deliver(Pipeline(defect_chance=0.5, monitor=Monitor(catches=0, report=200)))
    keys = dl.describe(record).splitlines()[-1]
    assert "elite cluster" in keys
    assert f"while production failed {100 * record.failing:.1f} % of the time" in keys
    assert "while" not in dl.describe(deliver(Pipeline(acceptance=Stage(catches=1))))


@pytest.mark.parametrize(
    "pipeline",
    [
        Pipeline(acceptance=Stage(duration=240, workers=1)),
        Pipeline(deploy=Deploy(duration=120)),
        Pipeline(batch_size=10, unit=Stage(duration=600)),
        Pipeline(release_every=7, unit=Stage(duration=600)),
    ],
)
def test_a_queue_that_grows_without_end_is_said_so(pipeline: Pipeline) -> None:
    record = deliver(pipeline)
    assert record.growing
    said = f"Only {record.delivered:,} of {len(record.commits):,} commits got there"
    assert said in dl.describe(record)


@pytest.mark.parametrize(
    "pipeline",
    [
        Pipeline(),
        Pipeline(rate=0.01, days=1),
        Pipeline(batch_size=5_000),
        Pipeline(days=20, release_every=30),
        Pipeline(days=20, release_every=9),
        Pipeline(deploy=Deploy(approval=500)),
    ],
)
def test_commits_that_only_wait_for_their_release_are_no_queue_that_grows(pipeline: Pipeline) -> None:
    assert not deliver(pipeline).growing


def test_without_any_commit_there_is_no_cluster() -> None:
    record = deliver(Pipeline(rate=0.001, days=1))
    assert len(record.commits) == 0
    assert record.placement.cluster == "unknown"
    assert "0 commits in 1 day pass" in dl.describe(record)
    assert dl.describe(record).splitlines()[-1].endswith("too little to name a cluster of DORA 2024.")


def test_one_is_not_said_like_many() -> None:
    record = deliver(Pipeline(rate=0.1, days=1))
    words = dl.describe(record)
    assert "1 commit in 1 day" in words
    assert "1 commit runs in production, after 1 planned deployment, " in words


@pytest.mark.parametrize("seed", range(1, 9))
def test_over_a_year_seeing_more_helps_most_as_the_chapter_says(seed: int) -> None:
    year = Pipeline(days=360, seed=seed)
    better_tests = replace(year, unit=replace(year.unit, catches=0.6))
    sees_more = replace(year, monitor=Monitor(catches=0.95))
    assert deliver(sees_more).failing < deliver(better_tests).failing
