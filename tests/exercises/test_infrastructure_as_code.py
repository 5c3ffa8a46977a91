"""The exercises on infrastructure as code: half a cure is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

import deploylab as dl
from deploylab.exercises.infrastructure_as_code import FIREWALL
from deploylab.model.template import Template

CURED = FIREWALL.replace("teh", "the")
TYPO = dl.template(CURED)
CIRCLE = """
Resources:
  Shop: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: shop}}
  Till: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: till, SecurityGroupIngress: [
    {IpProtocol: tcp, FromPort: 90, ToPort: 90, SourceSecurityGroupId: !Ref Shop}]}}
"""
OTHER_RULE = """
  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {IpProtocol: tcp, FromPort: 80, ToPort: 80,
    GroupId: !Ref Shop, SourceSecurityGroupId: !Ref Till}}
"""


def unmet(name: str, answer: Template) -> set[str]:
    return {row.name for row in dl.check(name, answer).rows if not row.met}


def without_name(text: str) -> Template:
    return dl.template(text.replace("GroupName: shop, ", ""))


@pytest.mark.parametrize(("answer", "missed"), [
    (dl.template(FIREWALL), {"the apply ends", "the description is"}),
    (TYPO, {"the apply ends", "the description is"}),
    (replace(TYPO, create_before_destroy=False), {"the longest gap is"}),
    (without_name(FIREWALL), {"the description is"}),
    (without_name(CURED), set()),
    (dl.template(CURED.replace("GroupName: shop", "GroupName: web")), set()),
    (without_name(CURED.replace("Firewall", "Guard")),
     {"the description is", "the resources are", "the load balancer is behind"}),
])  # fmt: skip
def test_the_firewall_is_mended_without_a_gap(answer: Template, missed: set[str]) -> None:
    assert unmet("07-infrastructure/1", answer) == missed


def test_a_rule_that_was_dropped_opens_the_circle_and_does_not_count() -> None:
    assert unmet("07-infrastructure/2", dl.template(CIRCLE)) == {"allowed is"}


def test_a_rule_apart_is_enough_for_one_of_the_two() -> None:
    assert dl.check("07-infrastructure/2", dl.template(CIRCLE + OTHER_RULE)).verdict == "correct"


@pytest.mark.parametrize("group", ["!GetAtt Shop.GroupId", "!Sub '${Shop.GroupId}'", "!GetAtt [Shop, Id]"])
def test_the_id_of_a_group_may_be_asked_for_in_any_way(group: str) -> None:
    answer = dl.template(CIRCLE + OTHER_RULE.replace("!Ref Shop", group))
    assert dl.check("07-infrastructure/2", answer).verdict == "correct"


def test_another_attribute_is_no_id() -> None:
    answer = dl.template(CIRCLE + OTHER_RULE.replace("!Ref Shop", "!GetAtt Shop.VpcId"))
    rows = {row.name: row for row in dl.check("07-infrastructure/2", answer).rows}
    assert rows["allowed is"].value == "Shop calls Till on 90, Till calls Shop-1.VpcId on 80"


def test_the_load_balancer_may_ask_for_the_id_of_its_firewall() -> None:
    answer = without_name(CURED.replace("!Ref Firewall", "!GetAtt Firewall.GroupId"))
    assert dl.check("07-infrastructure/1", answer).verdict == "correct"


def test_a_rule_on_more_ports_is_another_rule() -> None:
    wide = dl.template(CIRCLE + OTHER_RULE.replace("ToPort: 80", "ToPort: 99"))
    assert unmet("07-infrastructure/2", wide) == {"allowed is"}


def test_a_rule_on_another_port_is_another_rule() -> None:
    wrong = dl.template(CIRCLE + OTHER_RULE.replace("80", "8080"))
    rows = {row.name: row for row in dl.check("07-infrastructure/2", wrong).rows}
    assert rows["allowed is"].value == "Shop calls Till on 90, Till calls Shop on 8080"


def test_no_answer_but_a_template_is_tried() -> None:
    assert "asks for a Template(...)" in dl.check("07-infrastructure/1", FIREWALL).sentence
