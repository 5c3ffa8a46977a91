"""Infrastructure as code: whatever is wanted is reached, in order, once, and undone when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deploylab.model.applied import Applied, Work
from deploylab.model.errors import KnobError
from deploylab.model.infrastructure import State
from deploylab.model.template import Template
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.desired import fill, resources
from deploylab.patterns.infrastructure.plan import plan
from deploylab.patterns.infrastructure.template import template

KINDS = {  # a type, with a property that is updated in place and one that replaces
    "AWS::SQS::Queue": ("DelaySeconds", "QueueName"),
    "AWS::EC2::Subnet": ("Tags", "VpcId"),
    "Custom::Thing": ("Size", "Colour"),
}


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """A template of up to eight resources that refer to earlier ones, to be updated or replaced."""
    body: dict[str, Any] = {}
    for number in draw(st.lists(st.integers(0, 9), unique=True, min_size=1, max_size=8)):
        kind = sorted(KINDS)[number % len(KINDS)]  # a name keeps its type
        before = draw(st.lists(st.sampled_from(sorted(body)), unique=True, max_size=3)) if body else []
        values = draw(st.tuples(st.integers(0, 2), st.integers(0, 1)))
        where = draw(st.sampled_from([0, 1]))
        properties: dict[str, Any] = dict(zip(KINDS[kind], values, strict=True))
        properties[KINDS[kind][where]] = [properties[KINDS[kind][where]], *({"Ref": name} for name in before)]
        body[f"R{number}"] = {"Type": kind, "Properties": properties}
    names = draw(st.booleans() | st.lists(st.sampled_from(sorted(body)), unique=True).map(", ".join))
    return Template("random", {"Resources": body}, create_before_destroy=names)


def contents(state: State) -> Mapping[str, Any]:
    """What is really there, with every id replaced by the name of its resource."""
    names = {old.id: name for name, old in state.resources.items()}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(item) for item in value]
        return names.get(value, value)

    return {
        name: {k: named(v) for k, v in (old.actual or {}).items()} for name, old in state.resources.items()
    }


def wanted(made: Template) -> Mapping[str, Any]:
    known = resources(made)
    return {
        name: fill(resource.properties, {other: other for other in known}) for name, resource in known.items()
    }


def changed(first: Template, second: Template) -> Applied:
    """The second template, applied on what the first one made."""
    return apply(second, apply(first).state)


@given(templates(), templates())
def test_an_apply_reaches_what_is_wanted_whatever_was_there(first: Template, second: Template) -> None:
    assert contents(changed(first, second).state) == wanted(second)


@given(templates(), templates())
def test_a_second_plan_is_empty(first: Template, second: Template) -> None:
    record = changed(first, second)
    assert plan(second, record.state).empty
    again = apply(second, record.state)
    assert (again.outcome, again.works, again.end) == ("nothing to do", (), 0)
    assert again.state == record.state


def spans(record: Applied, action: str) -> dict[str, Work]:
    return {work.name: work for work in record.works if work.action == action and not work.undo}


@given(templates(), templates())
def test_who_is_made_comes_after_all_that_it_needs(first: Template, second: Template) -> None:
    record = changed(first, second)
    made = spans(record, "create") | spans(record, "update")
    for change in record.plan.changes:
        for target in change.needs:
            if change.name in made and target in made:
                assert made[target].end <= made[change.name].start


@given(templates(), templates())
def test_who_is_deleted_goes_after_all_that_needed_it(first: Template, second: Template) -> None:
    record = changed(first, second)
    gone = spans(record, "delete")
    for change in record.plan.changes:
        for target in change.needed:
            if change.name in gone and target in gone:
                assert gone[change.name].end <= gone[target].start


@given(templates(), templates())
def test_a_replacement_keeps_the_order_that_the_plan_says(first: Template, second: Template) -> None:
    record = changed(first, second)
    made, gone = spans(record, "create"), spans(record, "delete")
    for change in record.plan.changes:
        if change.kind == "replace":
            one, two = (made, gone) if change.create_first else (gone, made)
            assert one[change.name].end <= two[change.name].start


@given(templates(), templates())
def test_what_was_created_first_outlives_the_updates_of_its_dependents(
    first: Template, second: Template
) -> None:
    record = changed(first, second)
    made, gone = spans(record, "create") | spans(record, "update"), spans(record, "delete")
    firsts = {change.name for change in record.plan.changes if change.create_first}
    for change in record.plan.changes:
        for target in firsts & {*change.needs, *change.needed}:
            if change.name in made:
                assert made[change.name].end <= gone[target].start


@given(templates(), templates())
def test_create_before_destroy_is_forced_onto_all_that_it_depends_on(
    first: Template, second: Template
) -> None:
    changes = changed(first, second).plan.changes
    order = {change.name: change.create_first for change in changes if change.kind == "replace"}
    for change in changes:
        if order.get(change.name):
            assert all(order.get(target, True) for target in (*change.needs, *change.needed))


@given(templates(), templates(), st.integers(1, 4))
def test_never_more_at_once_than_allowed(first: Template, second: Template, most: int) -> None:
    record = apply(second, apply(first).state, parallelism=most)
    moments = sorted(work.start for work in record.works)
    assert all(sum(w.start <= t < w.end for w in record.works) <= most for t in moments)


@given(templates(), templates())
def test_one_at_a_time_takes_the_sum_and_no_limit_takes_the_longest_chain(
    first: Template, second: Template
) -> None:
    alone = apply(second, apply(first).state, parallelism=1)
    assert alone.end == pytest.approx(sum(work.end - work.start for work in alone.works))
    assert apply(second, apply(first).state, parallelism=1000).end == alone.shortest <= alone.end


def one_that_is_made(data: st.DataObject, template: Template, before: State) -> str:
    made = [change.name for change in plan(template, before).doing if change.makes]
    assume(made)
    return data.draw(st.sampled_from(made))


@given(templates(), templates(), st.data())
def test_a_failure_rolls_back_to_what_was_there(
    first: Template, second: Template, data: st.DataObject
) -> None:
    before = apply(first).state
    record = apply(second, before, fails=one_that_is_made(data, second, before))
    assert record.outcome == "rolled back"
    assert contents(record.state) == contents(before)
    assert plan(first, record.state).empty
    if second.create_before_destroy is True:  # nothing was lost: these are the very objects that were there
        assert record.state == before


@given(templates(), templates(), st.data())
def test_a_failure_without_rollback_is_mended_by_the_next_apply(
    first: Template, second: Template, data: st.DataObject
) -> None:
    before = apply(first).state
    record = apply(second, before, rollback=False, fails=one_that_is_made(data, second, before))
    assert record.outcome == "failed"
    assert contents(apply(second, record.state).state) == wanted(second)


def test_what_has_no_operation_that_could_fail_cannot_be_made_to_fail() -> None:
    web = template("web-service")
    state = apply(web).state
    says = "has no operation that could fail: it is neither created nor updated; those that are: none"
    with pytest.raises(KnobError, match=rf"^Walk.fails: 'Service' {says}$"):
        apply(web, state, fails="Service")
    less = Template("less", {"Resources": {"R0": {"Type": "Custom::Thing", "Properties": {"Size": 2}}}})
    more = {"R0": {"Type": "Custom::Thing"}, "R1": {"Type": "Custom::Thing"}}
    before = apply(Template("more", {"Resources": more})).state
    with pytest.raises(KnobError, match=r"'R1' has no operation that could fail: .*; those that are: R0$"):
        apply(less, before, fails="R1")
    assert apply(less, before, fails="R0").outcome == "rolled back"


@given(templates(), st.data())
def test_drift_is_found_exactly_where_something_was_changed(made: Template, data: st.DataObject) -> None:
    state = apply(made).state
    names = data.draw(st.lists(st.sampled_from(sorted(state.resources)), unique=True))
    for name in names:
        if data.draw(st.booleans()):
            state = state.deleted_by_hand(name)
        else:
            state = state.changed_by_hand(name, **{KINDS[state.resources[name].resource.type][0]: "by hand"})
    found = plan(made, state)
    assert sorted(change.name for change in found.drift) == sorted(names)
    assert set(names) <= {change.name for change in found.doing}
    assert contents(apply(made, state).state) == wanted(made)


@given(templates(), st.integers(0, 5))
def test_chance_belongs_to_the_resource_and_not_to_the_walk(made: Template, seed: int) -> None:
    wide, narrow = (apply(made, seed=seed, parallelism=n) for n in (10, 1))
    lasts = [
        {work.name: round(work.end - work.start, 6) for work in record.works} for record in (wide, narrow)
    ]
    assert lasts[0] == lasts[1]
