"""Plans: what is replaced and what is not, what stays secret, and what cannot be planned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploylab.model.errors import KnobError, TemplateError
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.compare import published, requires_recreation
from deploylab.patterns.infrastructure.plan import plan
from deploylab.patterns.infrastructure.template import template
from deploylab.views.describe import describe

WEB = "web-service"
HEAD = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"


def test_a_type_that_looks_like_a_slip_is_pointed_out() -> None:
    slip = template("Resources: {Wall: {Type: AWS::EC2::SecuritGroup}}")
    assert "did you mean AWS::EC2::SecurityGroup?" in repr(plan(slip))
    for kind in ("AWS::EC2::SecurityGroup", "AWS::EC2::VPCCidrBlock", "AWS::WAFv2::WebACL", "Custom::Thing"):
        assert plan(template(f"Resources: {{It: {{Type: {kind}}}}}")).changes[0].reason == ""


def test_a_plan_shows_where_two_long_values_begin_to_differ() -> None:
    long = "Resources: {{It: {{Type: AWS::SSM::Parameter, Properties: {{Value: {}}}}}}}"
    old, new = "a" * 200 + "old" + "z" * 200, "a" * 200 + "new" + "z" * 200
    told = repr(plan(template(long.format(new)), apply(template(long.format(old))).state))
    assert f"…{'a' * 20}old{'z' * 35}… → …{'a' * 20}new{'z' * 35}…" in told


def test_a_secret_parameter_is_never_shown() -> None:
    text = (
        "Parameters: {Password: {Type: String, NoEcho: true}}\n"
        + HEAD
        + "    Properties: {Key: !Ref Password, Q: 1}\n"
    )
    made = template(text, parameters={"Password": "hunter2"})
    first = apply(made)
    changed = plan(made.with_parameters(Password="hunter3"), first.state)
    assert changed.count("update") == 1
    shown = [
        repr(first),
        repr(first.plan),
        first.plan._repr_html_(),
        repr(changed),
        repr(first.state),
        repr(changed.doing),
    ]
    assert not [words for words in shown if "hunter" in words]
    with pytest.raises(TemplateError) as refused:
        plan(template(text.replace("NoEcho", "MinLength: 99, NoEcho"), parameters={"Password": "hunter2"}))
    assert "hunter2" not in str(refused.value)


def test_only_what_a_secret_is_part_of_is_hidden() -> None:
    text = (
        "Parameters: {Password: {Type: String, NoEcho: true}}\n"
        + HEAD
        + "    Properties: {Login: {User: ann, Key: !Ref Password, Url: !Sub '//${Password}@x'}, Port: 80}\n"
    )
    secret = template(text, parameters={"Password": "hunter2"})
    shown = repr(plan(secret))
    assert "Login.User: ann" in shown
    assert shown.count("(sensitive value)") == 2
    plain = template(text.replace("!Ref Password", "none").replace("!Sub '//${Password}@x'", "none"))
    words = repr(plan(plain.with_parameters(Password="x"), apply(secret).state))
    whole = template(text.replace("{User: ann, Key: !Ref Password, Url: !Sub '//${Password}@x'}", "none"))
    words += repr(plan(whole.with_parameters(Password="x"), apply(secret).state))
    assert "hunter2" not in words


@pytest.mark.parametrize(
    ("kind", "path", "word"),
    [
        ("AWS::EC2::Subnet", ("VpcId",), "Always"),
        ("AWS::EC2::Subnet", ("Tags",), "Never"),
        ("AWS::EC2::Instance", ("InstanceType",), "Conditionally"),
        ("AWS::EKS::Cluster", ("KubernetesNetworkConfig", "IpFamily"), "Always"),
        ("AWS::EKS::Cluster", ("KubernetesNetworkConfig", "ElasticLoadBalancing"), "Never"),
        ("Custom::Thing", ("Anything",), "Never"),
    ],
)
def test_a_create_only_property_replaces_and_the_rest_does_not(kind: str, path: Any, word: str) -> None:
    assert requires_recreation(kind, path) == word


def test_a_replacement_goes_on_through_what_refers_to_it() -> None:
    state = apply(template(WEB)).state
    kinds = {
        c.name: c.kind for c in plan(template(WEB).with_parameters(NetworkBlock="10.9.0.0/16"), state).changes
    }
    assert kinds["Network"] == kinds["SubnetA"] == kinds["Targets"] == "replace"
    assert kinds["Listener"] == kinds["LoadBalancer"] == "update"
    assert kinds["Cluster"] == "no-op"


def named(name: str, fifo: bool, **more: str) -> dict[str, Any]:
    """A template with a queue whose replacement `fifo` asks for, and a topic that may go with it."""
    properties = {"QueueName": name, "FifoQueue": fifo} if name else {"FifoQueue": fifo}
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties, **more}}}


@pytest.mark.parametrize(
    ("before", "after", "destroy_first", "outcome"),
    [
        (named("orders", False), named("orders", True), False, "rolled back"),
        (named("orders", False), named("orders.fifo", True), False, "applied"),
        (named("", False), named("", True), False, "applied"),
        (named("orders", False), named("orders", True), True, "applied"),
        (named("orders", False, UpdateReplacePolicy="Retain"), named("orders", True), True, "rolled back"),
    ],
)
def test_a_resource_with_a_name_of_its_own_cannot_be_replaced_under_that_name(
    before: dict[str, Any], after: dict[str, Any], destroy_first: bool, outcome: str
) -> None:
    state = apply(template(json.dumps(before))).state
    record = apply(template(json.dumps(after), create_before_destroy=not destroy_first), state)
    assert record.outcome == outcome
    blocked = outcome == "rolled back"
    assert (record.state == state) is blocked
    said = "change QueueName, or leave it out"
    assert all((said in words) is blocked for words in (repr(record.plan), describe(record)))


def test_what_cannot_be_replaced_is_refused_at_once_when_the_walk_comes_to_it() -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    first, second = named("orders", False, DependsOn="Topic"), named("orders", True, DependsOn="Topic")
    state = apply(template(json.dumps({"Resources": {**first["Resources"], "Topic": topic}}))).state
    changed = {**topic, "Properties": {"DisplayName": "News"}}
    record = apply(template(json.dumps({"Resources": {**second["Resources"], "Topic": changed}})), state)
    before, refused = record.works[:2]
    assert [(work.name, work.failed) for work in (before, refused)] == [("Topic", False), ("Queue", True)]
    assert 0 < before.end == refused.start == refused.end


def retained(name: str, **more: str) -> dict[str, Any]:
    return named(name, False, DeletionPolicy="Retain", **more)


@pytest.mark.parametrize(
    ("kept", "then", "outcome"),
    [
        ("orders", named("orders", True), "rolled back"),
        ("orders", named("others", True), "applied"),
        ("orders", named("", True), "applied"),
        ("", named("", True), "applied"),
    ],
)
def test_a_name_that_was_left_behind_is_taken(kept: str, then: dict[str, Any], outcome: str) -> None:
    rest = template("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    empty = apply(rest, apply(template(json.dumps(retained(kept)))).state)
    record = apply(template(json.dumps(then)), empty.state)
    assert record.outcome == outcome
    taken = outcome == "rolled back"
    assert (record.state == empty.state) is taken
    said = "AlreadyExists: one that was left behind has this QueueName; choose another, or leave it out"
    assert all((said in words) is taken for words in (repr(record.plan), describe(record)))


def test_a_name_is_taken_too_where_a_replacement_or_a_rollback_left_it_behind() -> None:
    first, second = named("a", False, UpdateReplacePolicy="Retain"), named("b", False)
    replaced = apply(template(json.dumps(second)), apply(template(json.dumps(first))).state)
    assert plan(template(json.dumps(named("a", False))), replaced.state).changes[0].blocked
    made = retained("orders")
    made["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic", "DependsOn": "Queue"}
    left = apply(template(json.dumps(made)), fails="Topic")
    assert plan(template(json.dumps(made)), left.state).changes[0].blocked


def test_no_name_is_taken_by_what_was_deleted_by_hand_or_came_back() -> None:
    state = apply(template(json.dumps(retained("orders")))).state.deleted_by_hand("Queue")
    rest = template("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    assert apply(template(json.dumps(retained("orders"))), apply(rest, state).state).outcome == "applied"
    first = named("orders", False, UpdateReplacePolicy="Retain")
    state = apply(template(json.dumps(first))).state
    back = apply(template(json.dumps(named("orders", True)), create_before_destroy=False), state)
    assert (back.outcome, back.state) == ("rolled back", state)


@pytest.mark.parametrize("deleted_by_hand", [False, True])
def test_another_type_under_the_same_name_is_refused(deleted_by_hand: bool) -> None:
    state = apply(template(HEAD)).state
    state = state.deleted_by_hand("Queue") if deleted_by_hand else state
    topic = HEAD.replace("AWS::SQS::Queue", "AWS::SNS::Topic")
    with pytest.raises(
        TemplateError, match=r"^template:3:5: Resources\.Queue\.Type: it is deployed as AWS::SQS::Q"
    ):
        apply(template(topic), state)
    other = plan(template(topic.replace("Queue:", "News:")), state)
    assert ("News", "create") in [(change.name, change.kind) for change in other.doing]


def test_a_custom_name_is_a_create_only_property_beside_others() -> None:
    for kind, key in published()["name"].items():
        assert requires_recreation(kind, (key,)) == "Always", kind
        assert published()["create_only"][kind]["always"].split() != [key], kind


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_is_retained_is_let_go_and_not_deleted(policy: str) -> None:
    kept = template(f"{HEAD}    DeletionPolicy: {policy}\n  Topic: {{Type: AWS::SNS::Topic}}\n")
    rest = template("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    record = apply(rest, apply(kept).state)
    assert [(work.name, work.action) for work in record.works] == [("Queue", "forget")]
    assert list(record.state.resources) == ["Topic"]


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize(
    ("policy", "action"),
    [
        ("Retain", "forget"), ("RetainExceptOnCreate", "delete"), ("Snapshot", "delete"),
        ("Delete", "delete"), ("", "delete"),
    ],
)  # fmt: skip
def test_a_rollback_deletes_what_it_created_but_what_is_to_be_retained(
    policy: str, action: str, update: bool
) -> None:
    rest = "  Topic: {Type: AWS::SNS::Topic, DependsOn: Queue}\n"
    made = template(f"{HEAD}{f'    DeletionPolicy: {policy}' * bool(policy)}\n{rest}")
    before = apply(template("Resources: {Thing: {Type: Custom::Thing}}")).state if update else None
    record = apply(made, before, fails="Topic")
    undone = [(work.name, work.action) for work in record.works if work.undo and work.name != "Thing"]
    assert undone == [("Queue", action)]
    assert list(record.state.resources) == ["Thing"] * update
    assert ("Left behind, for their DeletionPolicy is Retain: Queue." in describe(record)) is (
        policy == "Retain"
    )


def test_a_rollback_deletes_the_new_one_of_a_replacement_whatever_its_deletion_policy() -> None:
    first, second = (named("", fifo, DeletionPolicy="Retain") for fifo in (False, True))
    second["Resources"]["Topic"] = {"Type": "AWS::SNS::Topic", "DependsOn": "Queue"}
    state = apply(template(json.dumps(first))).state
    record = apply(template(json.dumps(second)), state, fails="Topic")
    assert [(work.name, work.action) for work in record.works if work.undo] == [("Queue", "delete")]
    assert record.state == state


def test_the_environments_differ_by_their_parameters_and_by_nothing_else() -> None:
    web = template(WEB)
    production = web.with_parameters("eu-west-1", Environment="production")
    dev, live = apply(web), apply(production)
    assert {*live.state.resources} - {*dev.state.resources} == {"Replica", "Alarm"}
    assert production.body is web.body
    assert live.title == "web-service, Environment production, eu-west-1"


@pytest.mark.parametrize(
    ("knobs", "field"),
    [({"parallelism": 0}, "parallelism"), ({"fails": "Nobody"}, "fails"), ({"paralelism": 3}, "paralelism")],
)
def test_a_wrong_knob_of_the_walk_is_refused(knobs: dict[str, Any], field: str) -> None:
    with pytest.raises(KnobError) as refused:
        apply(template(WEB), **knobs)
    assert refused.value.field == field


def test_only_what_exists_can_be_created_first() -> None:
    with pytest.raises(KnobError, match=r"Template\.create_before_destroy: 'Nobody' is none of"):
        template(WEB, create_before_destroy="Nobody")


def test_apply_takes_a_template_and_a_state_or_a_plan() -> None:
    first = apply(template(WEB))
    with pytest.raises(TemplateError, match="give it a template"):
        apply("web-service")  # type: ignore[arg-type]
    with pytest.raises(TemplateError, match="maybe a state"):
        apply(template(WEB), first)  # type: ignore[arg-type]
    with pytest.raises(TemplateError, match="the plan alone"):
        apply(plan(template(WEB)), first.state)


def test_a_hand_can_only_change_what_is_there() -> None:
    with pytest.raises(KnobError, match=r"State\.resources: 'Nobody' is not deployed; deployed are Cluster"):
        apply(template(WEB)).state.changed_by_hand("Nobody", Size=1)
