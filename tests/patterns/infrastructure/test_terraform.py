"""Plans of Terraform: what they say is what is shown, and nothing that is sensitive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import TemplateError
from deploylab.model.infrastructure import Plan
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.terraform import terraform_plan
from deploylab.views.graph import graph


def change(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    own = {
        key: more.pop(key) for key in list(more) if key in ("action_reason", "previous_address", "deposed")
    }
    plain = address.rpartition(".")[0].rpartition(".")[2]
    return {"address": address, "type": plain, **own, "change": {"actions": list(actions), **more}}


def body(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": list(changes), **more}


def read(*changes: dict[str, Any], **more: Any) -> Plan:
    return terraform_plan(json.dumps(body(*changes, **more)))


def resource(address: str, *references: str, **more: Any) -> dict[str, Any]:
    return {"address": address, "expressions": {"a": {"references": list(references)}}, **more}


def test_every_action_has_its_kind() -> None:
    kinds = {
        **{(action,): action for action in ("no-op", "create", "read", "update", "delete", "forget")},
        ("delete", "create"): "replace",
        ("create", "delete"): "replace",
    }
    plan = read(*(change(f"a.n{n}", *actions) for n, actions in enumerate(kinds)))
    assert [one.kind for one in plan.changes] == list(kinds.values())
    assert [one.create_first for one in plan.changes if one.kind == "replace"] == [False, True]


def test_a_sensitive_value_is_never_kept() -> None:
    plan = read(
        change(
            "a.b", "update", before={"key": "old-secret", "list": [{"pin": "1234"}], "size": 1},
            after={"key": "new-secret", "list": [{"pin": "5678"}], "size": 2},
            before_sensitive={"key": True}, after_sensitive={"key": True, "list": [{"pin": True}]},
        ),
        variables={"password": {"value": "variable-secret"}},
        output_changes={"token": {"actions": ["update"], "before": "x-secret", "after": "y-secret"}},
    )  # fmt: skip
    told = [(d.path, d.before, d.after, d.sensitive) for d in plan.changes[0].differences]
    assert told == [
        (("key",), None, None, True),
        (("list", 0, "pin"), None, None, True),
        (("size",), 1, 2, False),
    ]
    frames = graph(apply(plan))
    shown = " ".join(
        (repr(plan), plan._repr_html_(), frames.svg, json.dumps(frames.meta), frames.description)
    )
    assert not [secret for secret in ("secret", "1234", "5678") if secret in shown]
    assert "(sensitive value)" in repr(plan)


def test_what_is_not_known_yet_is_said_and_what_forces_a_replacement_too() -> None:
    plan = read(
        change(
            "a.b", "delete", "create",
            before={"id": "1", "zone": "a"}, after={"zone": "b"}, after_unknown={"id": True},
            replace_paths=[["zone"]], action_reason="replace_because_cannot_update",
        )
    )  # fmt: skip
    assert [(d.path, d.after, d.recreation) for d in plan.changes[0].differences] == [
        (("id",), "(known after apply)", "Never"), (("zone",), "b", "Always")]  # fmt: skip
    assert "forces replacement" in repr(plan)
    assert "cannot make in place" in repr(plan)


def test_drift_stands_apart_from_the_changes() -> None:
    plan = read(
        change("a.b", "no-op"), resource_drift=[change("a.b", "update", before={"n": 1}, after={"n": 9})]
    )
    assert [one.name for one in plan.drift] == ["a.b"]
    assert not plan.doing
    assert "1 changed by hand" in plan.headline


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"errored": True, "complete": False}, "met an error"), ({"complete": False}, "put changes off")],
)
def test_an_incomplete_plan_never_says_that_nothing_changes(facts: dict[str, bool], why: str) -> None:
    plan = read(**facts)
    assert not plan.empty
    for words in (plan.headline, repr(plan), apply(plan).headline):
        assert why in words
        assert "no changes" not in words
    assert why in json.dumps(graph(apply(plan)).meta["texts"])
    assert why in read(change("a.b", "create"), **facts).headline


def test_a_complete_plan_without_changes_says_so() -> None:
    assert read(errored=False, complete=True).headline.endswith("no changes")


def test_moved_imported_and_deposed_are_said() -> None:
    plan = read(
        change("a.new", "no-op", previous_address="a.old"), change("a.in", "no-op", importing={"id": "7"}),
        change("a.in", "delete", deposed="ab12"),
    )  # fmt: skip
    reasons = [one.reason for one in plan.changes]
    assert reasons == ["moved from a.old", "imported", "left over from a replacement"]


def test_a_module_depends_through_its_variables_and_its_outputs() -> None:
    inner = {
        "resources": [resource("aws_b.b", "var.net")],
        "outputs": {"id": {"expression": {"references": ["aws_b.b.id", "aws_b.b"]}}},
    }
    call = {"module": inner, "expressions": {"net": {"references": ["aws_a.a.id", "aws_a.a"]}}}
    root = {
        "resources": [resource("aws_a.a"), resource("aws_c.c", "module.m.id", "module.m")],
        "module_calls": {"m": call},
    }
    changes = [change(name, "create") for name in ("aws_a.a", 'module.m["x"].aws_b.b[0]', "aws_c.c")]
    plan = read(*changes, configuration={"root_module": root})
    needs = {one.name: one.needs for one in plan.changes}
    assert needs == {
        "aws_a.a": (),
        'module.m["x"].aws_b.b[0]': ("aws_a.a",),
        "aws_c.c": ('module.m["x"].aws_b.b[0]',),
    }


def test_one_instance_of_a_module_does_not_wait_for_another() -> None:
    inner = {"resources": [resource("aws_a.a"), resource("aws_b.b", "aws_a.a")]}
    root = {"module_calls": {"m": {"module": inner}}}
    names = [f'module.m["{key}"].aws_{kind}.{kind}' for key in "xy" for kind in "ab"]
    plan = read(*(change(name, "create") for name in names), configuration={"root_module": root})
    needs = {one.name: one.needs for one in plan.changes}
    assert needs[names[1]] == (names[0],)
    assert needs[names[3]] == (names[2],)


def test_what_is_deleted_is_ordered_by_what_the_state_remembers() -> None:
    state = {
        "root_module": {"resources": [{"address": "a.app", "depends_on": ["a.net"]}, {"address": "a.net"}]}
    }
    plan = read(change("a.net", "delete"), change("a.app", "delete"), prior_state={"values": state})
    works = {work.name: work for work in apply(plan).works}
    assert works["a.app"].end <= works["a.net"].start


GOOD = json.dumps(
    body(
        change("a.b", "create", after={"x": [1, {"y": 2}]}),
        configuration={"root_module": {"resources": [resource("a.b", "a.c")]}},
        output_changes={"o": {"actions": ["create"]}},
    )
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD[:-20], r"plan:1:\d+: this is no JSON"),
        (GOOD + GOOD, "the log of plan -json"),
        ("{}", "lacks format_version"),
        ('{"format_version": "9.0"}', "newer"),
        ('{"format_version": "1.2"}', "this is no plan, it has none of planned_values, resource_changes"),
        ('{"format_version": "1.0", "values": {}}', "this is a state"),
        ('{"format_version": "1.0", "resource_changes": 3}', "resource_changes is '3', which is no list"),
        (json.dumps(body(change("a.b", "explode"))), "a.b: the actions"),
        (json.dumps(body(change("a.b", "create"), change("a.b", "create"))), "one address"),
        (json.dumps(body(change("", "create"))), "lacks its address"),
        ('{"a":' * 500 + "1" + "}" * 500, "levels deep"),
        ('{"a":' * 100_000, "this is no JSON|too deep"),
        ('{"format_version": ' + "9" * 5000 + "}", "too large a number"),
        (json.dumps(body(*(change(f"a.n{n}", "create") for n in range(2001)))), "at most 2,000"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_and_says_what_to_do(text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        terraform_plan(text)


@pytest.mark.parametrize("source", ["", 3, None, {}, "nope.json"])
def test_what_is_no_plan_at_all_is_told_how_to_make_one(source: Any) -> None:
    with pytest.raises(TemplateError, match=r"make it with terraform show -json") as refused:
        terraform_plan(source)
    assert "web-service" not in str(refused.value)


def test_a_binary_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.out").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(TemplateError, match="UTF-8"):
        terraform_plan(tmp_path / "plan.out")


@given(st.data())
def test_a_scrambled_plan_gives_a_template_error_or_a_picture(data: st.DataObject) -> None:
    """Any value of a good plan becomes something else."""
    plan = json.loads(GOOD)
    spot: Any = plan
    while isinstance(spot, dict | list) and spot:
        key = data.draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if not isinstance(spot[key], dict | list) or data.draw(st.booleans()):
            spot[key] = data.draw(
                st.sampled_from([None, 3, "x", [], {}, [1], {"a": 1}, ["create", "create"], True])
            )
            break
        spot = spot[key]
    try:
        read_plan = terraform_plan(json.dumps(plan))
    except TemplateError:
        return
    graph(apply(read_plan))


def test_a_large_plan_is_read_and_drawn() -> None:
    changes = [change(f"a.n{n}", "create", after={"v": "x" * 100}) for n in range(800)]
    root = {"resources": [resource(f"a.n{n}", f"a.n{n // 2}") for n in range(1, 800)]}
    record = apply(read(*changes, configuration={"root_module": root}))
    assert len(graph(record).meta["states"]) == 800
