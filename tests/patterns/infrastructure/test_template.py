"""Templates: what is read is what is written, and what cannot be used is refused with its place."""

from __future__ import annotations

import json
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
from deploylab.patterns.infrastructure.plan import plan
from deploylab.patterns.infrastructure.template import LIMIT, template
from deploylab.patterns.infrastructure.template import OWN as ADVICE

WEB = "web-service"
OWN = Path(str(template.__code__.co_filename)).parent / "templates" / f"{WEB}.yaml"


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
        (
            "Resources: {A-b: {Type: Custom::T}}",
            r"template:1:13: Resources.A-b: 'A-b' is no logical id; .* letters and digits .* for example Ab$",
        ),
        ("Resources: {'é': {Type: Custom::T}}", "template:1:13: .*'é' is no logical id; .* example Queue$"),
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


def test_the_lesson_template_is_plain_yaml_for_others_too() -> None:
    names = {
        event.tag for event in yaml.parse(OWN.read_text(encoding="utf-8")) if getattr(event, "tag", None)
    }
    assert names <= {"!Ref", "!Sub", "!GetAtt", "!Select", "!GetAZs", "!Cidr", "!FindInMap", "!If", "!Equals"}
