"""Templates: what is read is what is written, and what cannot be used is refused with its place."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploylab.model.errors import KnobError, TemplateError
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.desired import resources
from deploylab.patterns.infrastructure.intrinsics import FUNCTIONS
from deploylab.patterns.infrastructure.plan import plan, published, requires_recreation
from deploylab.patterns.infrastructure.template import LIMIT, template
from deploylab.patterns.infrastructure.template import OWN as ADVICE
from deploylab.views.describe import describe

WEB = "web-service"
OWN = Path(str(template.__code__.co_filename)).parent / "templates" / f"{WEB}.yaml"


def queue(value: str, before: str = "") -> Any:
    """What a property of a queue becomes, written as `value` in YAML."""
    text = f"{before}\nResources:\n  Topic: {{Type: AWS::SNS::Topic}}\n  Queue:\n    Type: AWS::SQS::Queue\n"
    return resources(template(f"{text}    Properties:\n      QueueName: {value}\n"))["Queue"].properties


MAPPINGS = "Mappings: {Sizes: {eu-west-1: {small: 1}, us-east-1: {small: 2}}}"
CONDITIONS = (
    "Conditions: {No: !Equals [a, b], Yes: !Not [!Condition No], Both: !And [!Condition Yes, !Condition No]}"
)


@pytest.mark.parametrize(
    ("written", "before", "meant"),
    [
        ("!Ref AWS::Region", "", "us-east-1"),
        ("!Ref Topic", "", "⟦Topic⟧"),
        ("!GetAtt Topic.TopicArn", "", "⟦Topic.TopicArn⟧"),
        ("!GetAtt [Topic, TopicArn]", "", "⟦Topic.TopicArn⟧"),
        ("!Sub '${AWS::Region}-${Topic}-${!Literal}'", "", "us-east-1-⟦Topic⟧-${Literal}"),
        ("!Sub ['${a}-${Topic.TopicName}', {a: !Ref Topic}]", "", "⟦Topic⟧-⟦Topic.TopicName⟧"),
        ("!Join ['-', [a, 1, true, !Ref Topic]]", "", "a-1-true-⟦Topic⟧"),
        ("!Select [1, [a, b]]", "", "b"),
        ("!Select [1, !Split ['.', a.b.c]]", "", "b"),
        ("!Select [0, !GetAtt Topic.Names]", "", "⟦Topic.Names⟧[0]"),
        ("!Select [1, !GetAZs '']", "", "us-east-1b"),
        ("!Select [1, !Cidr [10.0.0.0/16, 2, 8]]", "", "10.0.1.0/24"),
        ("!FindInMap [Sizes, !Ref AWS::Region, small]", MAPPINGS, 2),
        ("!FindInMap [Sizes, mars, small, {DefaultValue: 7}]", MAPPINGS, 7),
        ("!If [Yes, a, b]", CONDITIONS, "a"),
        ("!If [Both, a, b]", CONDITIONS, "b"),
        ("!Base64 echo", "", "echo"),
        ("!ImportValue net", "", "(exported as net)"),
        ("!Length [1, 2, 3]", "", 3),
        ("2010-09-09", "", "2010-09-09"),
        ("012345678901", "", "012345678901"),
        ("'true'", "", "true"),
    ],
)
def test_an_intrinsic_function_means_what_its_reference_says(written: str, before: str, meant: Any) -> None:
    assert queue(written, before) == {"QueueName": meant}


def test_no_value_leaves_a_property_out() -> None:
    assert queue("!If [Yes, !Ref AWS::NoValue, b]", CONDITIONS) == {}


def test_a_resource_whose_condition_is_not_met_does_not_exist() -> None:
    assert "Replica" not in resources(template(WEB))
    assert "Replica" in resources(template(WEB).with_parameters(Environment="production"))


def test_yaml_and_json_say_the_same() -> None:
    made = template(WEB)
    again = template(json.dumps(made.body, indent="\t"))
    assert again.body == made.body
    assert resources(again)["Service"].properties == resources(made)["Service"].properties


def test_a_pair_of_json_escapes_is_one_character() -> None:
    made = template('{"Resources": {"Q": {"Type": "Custom::T", "Properties": {"Name": "\\ud83d\\ude80"}}}}')
    assert resources(made)["Q"].properties == {"Name": "🚀"}


HEAD = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Resources: [", r"template:\d+:\d+: this is neither YAML nor JSON"),
        ('{"Resources": {', r"template:\d:\d+: this is neither YAML nor JSON"),
        ("Resources: {}", "there are no Resources"),
        ("Resources: 3\n", r"template:1:1: Resources: names"),
        ("{a: &x 1, b: *x}", r"template:1:14: \*x: CloudFormation knows no aliases"),
        ("Resources:\n  Queue: 5\n", "template:2:3: Resources.Queue: a resource has a Type"),
        ("Resources:\n  Queue: {Properties: {}}\n", "template:2:3: Resources.Queue: it lacks its Type"),
        (f"{HEAD}    Type: again\n", "template:4:5: Resources.Queue.Type stands here twice"),
        (
            f"{HEAD}    DependsOn: Topic\n",
            "template:4:5: Resources.Queue.DependsOn: there is no resource 'Topic'",
        ),
        (f"{HEAD}    Properties: [1]\n", "template:4:5: Resources.Queue.Properties: names"),
        (
            f"{HEAD}    Propertys: {{}}\n",
            "template:4:5: Resources.Queue.Propertys: 'Propertys' is not known here; did you mean Properties",
        ),
        (f"{HEAD}Output: {{}}\n", "template:4:1: Output: 'Output' is not known here; did you mean Outputs"),
        (
            f"{HEAD}    DeletionPolicy: Keep\n",
            "template:4:5: .*'Keep' is not known here; known are Delete, R",
        ),
        (f"{HEAD}    DeletionPolicy: retain\n", "template:4:5: .*did you mean Retain"),
        (f"{HEAD}    UpdateReplacePolicy: RetainExceptOnCreate\n", "template:4:5: .*known are Delete, R"),
        ("Resources: {Q: {Type: Queue}}", "template:1:17: Resources.Q.Type: 'Queue' is no type; one looks"),
        (f"Parameters: {{P: {{Type: Strng}}}}\n{HEAD}", "template:1:18: .*'Strng' .*did you mean String"),
        (f"Parameters: {{P: {{Default: 1}}}}\n{HEAD}", "template:1:14: Parameters.P: it lacks its Type"),
        (f"AWSTemplateFormatVersion: 2010-09-10\n{HEAD}", "template:1:1: .*only one version, 2010-09-09"),
        (f"{HEAD}Outputs: {{O: {{Value: !Ref Queu}}}}", "template:4:15: .*'Queu' is .*did you mean Queue"),
        (f"{HEAD}Outputs: {{O: {{Value: !Sub '${{Que.Arn}}'}}}}", "template:4:15: .*did you mean Queue"),
        (f"{HEAD}Outputs: {{O: {{Valu: 1}}}}", "template:4:11: Outputs.O: it lacks its Value"),
        ("[" * 100_000, "template:1:6[0-9]: more than"),
        ("a: " + "[" * 50 + "]" * 50 + "\n" + "{? [a] : b}", "this is neither YAML"),
    ],
)
def test_a_text_that_is_no_template_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        template(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "!Ref Nobody",
            "template:6:5: Resources.Queue.Properties: there is no resource or parameter 'Nobody'",
        ),
        ("!FindInMap [A, b, c]", "template:7:7: .*the mapping has no 'A'"),
        ("!If [Maybe, a, b]", "template:7:7: .*there is no condition 'Maybe'"),
        ("!Select [5, [a]]", "there is no item 5 in a list of 1"),
        ("!Select [99999999999, [a]]", "there is no item"),
        ("!Join [a]", "Fn::Join takes a list of 2"),
        ("!Magic x", "Fn::Magic is not known"),
        ("!Cidr [10.0.0.0/16, 999, 8]", "1 to 256"),
    ],
)
def test_a_function_that_makes_no_sense_is_refused_with_its_place(value: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        queue(value)


@pytest.mark.parametrize(
    "kind",
    [
        "String", "List<Number>", "CommaDelimitedList", "AWS::EC2::KeyPair::KeyName",
        "List<AWS::EC2::VPC::Id>", "AWS::SSM::Parameter::Value<List<String>>",
    ],
)  # fmt: skip
def test_every_type_of_a_parameter_that_cloudformation_has_is_taken(kind: str) -> None:
    assert template(f"Parameters: {{P: {{Type: '{kind}', Default: a}}}}\n{HEAD}")


def test_a_transform_may_bring_keys_of_its_own_and_is_said_not_to_be_run() -> None:
    made = template(f"Transform: AWS::Serverless-2016-10-31\nGlobals: {{}}\n{HEAD}    Connectors: {{}}\n")
    assert plan(made).headline == "template, us-east-1: incomplete (its Transform is not run), 1 to create"
    assert "not run" in plan(made, apply(made).state).headline


def test_a_circle_is_an_error_that_names_its_members() -> None:
    ring = {
        f"R{n}": {"Type": "Custom::T", "Properties": {"Next": {"Ref": f"R{(n + 1) % 4}"}}} for n in range(4)
    }
    made = template(json.dumps({"Resources": {**ring, "Free": {"Type": "Custom::T"}}}))
    with pytest.raises(TemplateError, match="a circle of 4: R0, R1, R2, R3;"):
        resources(made)


def test_conditions_that_ask_each_other_are_refused() -> None:
    with pytest.raises(TemplateError, match="asks itself"):
        queue("!If [A, 1, 2]", "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}")


def test_a_hundred_conditions_that_double_each_other_are_decided_at_once() -> None:
    chain = {f"C{n}": {"Fn::And": [{"Condition": f"C{n + 1}"}] * 10} for n in range(50)}
    chain["C50"] = {"Fn::Equals": ["a", "a"]}
    body = {"Conditions": chain, "Resources": {"Q": {"Type": "Custom::T", "Condition": "C0"}}}
    assert list(resources(template(json.dumps(body)))) == ["Q"]


def test_a_small_template_cannot_ask_for_gigabytes() -> None:
    body = {
        "Mappings": {"M": {"k": {"v": "x" * 100_000}}},
        "Resources": {"Q": {"Type": "Custom::T", "Properties": {
            "P": [{"Fn::Join": ["", [{"Fn::FindInMap": ["M", "k", "v"]}] * 9]} for _ in range(1000)]}}},
    }  # fmt: skip
    with pytest.raises(TemplateError, match="too much"):
        resources(template(json.dumps(body)))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (LIMIT + 1))
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe4")
    (tmp_path / "empty.yaml").write_bytes(b"# it is still to come\n")
    for name, said in [
        ("big.yaml", "more than"),
        ("empty.yaml", "it begins with Resources:"),
        ("latin.yaml", "UTF-8"),
        ("none.yaml", "web-service"),
        (".", "no file"),
    ]:
        with pytest.raises(TemplateError, match=said):
            template(tmp_path / name)


def test_the_templates_that_come_along_are_those_that_are_named() -> None:
    assert OWN.stem in ADVICE
    assert [file.name for file in OWN.parent.iterdir()] == [OWN.name]


@pytest.mark.parametrize("source", ["", "  ", 3, None, {"Resources": {}}])
def test_what_is_neither_a_path_nor_a_text_is_refused(source: Any) -> None:
    with pytest.raises(TemplateError, match=r"is no template; give its path or its text, or .*web-service"):
        template(source)


@given(st.data())
def test_a_template_that_was_cut_or_scrambled_gives_a_template_error_or_a_plan(data: st.DataObject) -> None:
    text = OWN.read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        new = data.draw(st.text(max_size=4) | st.sampled_from(["!Ref ", "{", "[", ": ", "\n"]))
        text = f"{text[:at]}{new}{text[at + data.draw(st.integers(0, 60)) :]}"
    with suppress(TemplateError):
        apply(template(f"{text}\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["Db", "Net", "Net.Arn", "${Net}", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*FUNCTIONS, "Fn::Equals", "Fn::Not", "Condition", "a"]), inner, max_size=2
        )
    ),
    max_leaves=8,
)


@given(JSON, JSON, JSON, JSON)
def test_whatever_json_says_is_a_plan_or_a_template_error(a: Any, b: Any, c: Any, d: Any) -> None:
    body = {
        "Parameters": {"P": a}, "Conditions": {"C": b}, "Mappings": {"M": c},
        "Resources": {
            "Net": {"Type": "Custom::T", "DependsOn": d},
            "Db": {"Type": "Custom::T", "Condition": "C", "Properties": {"X": a, "Y": b}},
        },
    }  # fmt: skip
    for part in ("DependsOn", "Condition", "Nothing"):
        for resource in body["Resources"].values():
            resource.pop(part, None)
        with suppress(TemplateError):
            repr(plan(template(json.dumps(body))))


def test_what_is_wrong_with_a_parameter_is_said() -> None:
    with pytest.raises(TemplateError, match="'test' is not allowed; allowed are dev, staging, production"):
        plan(template(WEB).with_parameters(Environment="test"))
    with pytest.raises(TemplateError, match="there is no Enviroment; declared are Environment"):
        plan(template(WEB).with_parameters(Enviroment="dev"))
    with pytest.raises(TemplateError, match="Size: has no default"):
        plan(template(f"Parameters: {{Size: {{Type: Number}}}}\n{HEAD}"))
    with pytest.raises(TemplateError, match="'9' is not allowed; MaxValue is 5"):
        plan(
            template(f"Parameters: {{Size: {{Type: Number, MaxValue: 5}}}}\n{HEAD}", parameters={"Size": "9"})
        )


@pytest.mark.parametrize("block", ["banana", "10.0.0.1/16", "10.0.0.0/99"])
def test_a_block_that_is_none_is_told_by_the_name_of_its_parameter(block: str) -> None:
    wrong = f"Parameters.NetworkBlock: '{block}' is no block of addresses; one looks like 10.0.0.0/16"
    with pytest.raises(TemplateError, match=re.escape(wrong)):
        plan(template(WEB).with_parameters(NetworkBlock=block))


def test_a_block_that_is_secret_is_not_shown() -> None:
    text = """
Parameters: {Block: {Type: String, NoEcho: true, Default: banana}}
Resources: {Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Select [0, !Cidr [!Ref Block, 2, 8]]}}}
"""
    with pytest.raises(TemplateError) as caught:
        plan(template(text))
    assert "banana" not in str(caught.value)
    assert "no block of addresses" in str(caught.value)


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


def test_a_part_of_a_template_can_be_read() -> None:
    web = template(WEB)
    assert web.excerpt("Conditions") == "Conditions:\n  Production: !Equals [!Ref Environment, production]"
    told = web.excerpt("Gateway", "Image")
    assert told == (
        "  Gateway:\n    Type: AWS::EC2::InternetGateway\n  Image:\n    Type: String\n    Default: shop:1.0"
    )
    assert web.text.endswith(web.excerpt("Outputs") + "\n")
    with pytest.raises(KnobError, match=r"'Subnet' is none of .*SubnetA"):
        web.excerpt("Subnet")


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


def test_a_custom_name_is_a_create_only_property_beside_others() -> None:
    for kind, key in published()["name"].items():
        assert requires_recreation(kind, (key,)) == "Always", kind
        assert published()["create_only"][kind]["always"].split() != [key], kind


def test_what_is_retained_is_let_go_and_not_deleted() -> None:
    kept = template(f"{HEAD}    DeletionPolicy: Retain\n  Topic: {{Type: AWS::SNS::Topic}}\n")
    rest = template("Resources: {Topic: {Type: AWS::SNS::Topic}}")
    record = apply(rest, apply(kept).state)
    assert [(work.name, work.action) for work in record.works] == [("Queue", "forget")]
    assert list(record.state.resources) == ["Topic"]


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


def test_the_lesson_template_is_plain_yaml_for_others_too() -> None:
    names = {
        event.tag for event in yaml.parse(OWN.read_text(encoding="utf-8")) if getattr(event, "tag", None)
    }
    assert names <= {"!Ref", "!Sub", "!GetAtt", "!Select", "!GetAZs", "!Cidr", "!FindInMap", "!If", "!Equals"}
