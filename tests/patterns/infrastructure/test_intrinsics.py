"""CloudFormation's functions mean what their reference says, and nonsense is refused with its place."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from deploylab.model.errors import TemplateError
from deploylab.patterns.infrastructure.desired import resources
from deploylab.patterns.infrastructure.plan import plan
from deploylab.patterns.infrastructure.template import template

WEB = "web-service"


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


def test_conditions_that_ask_each_other_are_refused() -> None:
    with pytest.raises(TemplateError, match="asks itself"):
        queue("!If [A, 1, 2]", "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}")


CLAUSE = "!Equals [a, a]"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("!Not []", "Fn::Not takes a list of 1, not 0;"),
        (f"!Not [{CLAUSE}, {CLAUSE}]", "Fn::Not takes a list of 1, not 2;"),
        (f"!And [{CLAUSE}]", "Fn::And takes a list of 2 to 10, not 1;"),
        (f"!Or [{', '.join([CLAUSE] * 11)}]", "Fn::Or takes a list of 2 to 10, not 11;"),
        ("!Or yes", "Fn::Or takes a list of 2 to 10;"),
        ("!Equals [!Ref Topic, a]", "'Topic' is no parameter"),
        ("!Not [!Equals [!Sub '${Topic.TopicName}', a]]", "'Topic.TopicName' is no parameter"),
        ("!Equals [!GetAtt Topic.TopicName, a]", "'Topic.TopicName' is no parameter"),
        ("!Equals [!Ref Nobody, a]", "'Nobody' is no parameter"),
    ],
)
def test_a_condition_that_cloudformation_refuses_is_refused_although_nothing_asks_it(
    condition: str, said: str
) -> None:
    with pytest.raises(TemplateError, match=rf"^template:\d+:\d+: Conditions\.Odd\..*{re.escape(said)}"):
        queue("a", f"Conditions: {{Odd: {condition}}}")


def test_a_condition_may_look_at_parameters_and_mappings_and_join_ten_others() -> None:
    parameters = "Parameters: {Size: {Type: String, Default: small}}"
    found = "!Equals [!FindInMap [Sizes, !Ref AWS::Region, !Ref Size], 2]"
    many = f"!And [{', '.join(['!Condition Small'] * 10)}]"
    before = f"{parameters}\n{MAPPINGS}\nConditions: {{Small: {found}, Yes: {many}}}"
    assert queue("!If [Yes, a, b]", before) == {"QueueName": "a"}


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
