"""The exercises of the chapter on infrastructure as code: a name that is taken, and a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..model.applied import Applied
from ..model.summary import seconds
from ..model.template import Template
from ..patterns.infrastructure.apply import apply
from ..patterns.infrastructure.template import template
from .exercise import Exercise
from .requirement import Exactly

GROUP, RULE = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
ID = re.compile(r"\.(GroupId|Id)$")  # the attributes of a group that are what its Ref is
FIREWALL = """
Resources:
  Firewall:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupName: shop, GroupDescription: Only teh web may come in}
  LoadBalancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internet-facing, Subnets: [a, b], SecurityGroups: [!Ref Firewall]}
"""


def _update(answer: Template) -> list[Applied]:
    return [apply(answer, apply(template(FIREWALL)).state)]


def _twice(answer: Template) -> list[Applied]:
    first = apply(answer)
    return [first, apply(answer, first.state)]


def _outcome(record: Applied) -> str:
    return record.outcome


def _gap(record: Applied) -> str:
    return seconds(record.gap) if record.gap else "none"


def _resources(record: Applied) -> str:
    return ", ".join(sorted(record.state.resources))


def _actual(record: Applied, name: str) -> Mapping[str, Any]:
    deployed = record.state.resources.get(name)
    return (deployed.actual if deployed else None) or {}


def _description(record: Applied) -> str:
    return str(_actual(record, "Firewall").get("GroupDescription", "there is none"))


def _guards(record: Applied) -> str:
    """What the firewall of the load balancer is, so that the two are still together."""
    groups = _actual(record, "LoadBalancer").get("SecurityGroups") or ["nothing"]
    return ", ".join(_named(record, group) for group in groups)


def _named(record: Applied, group: Any) -> str:
    """The name of the group that is meant by its id; what is no id of a group, as it is."""
    names = {deployed.id: name for name, deployed in record.state.resources.items()}
    return names.get(ID.sub("", str(group)), str(group or "nobody"))


def _calls(record: Applied) -> str:
    """Who may call whom, and on which port."""
    return ", ".join(sorted(set(_allowed(record)))) or "nobody may call anybody"


def _allowed(record: Applied) -> Iterator[str]:
    for deployed in record.state.resources.values():
        own: Mapping[str, Any] = deployed.actual or {}
        inside = own.get("SecurityGroupIngress") or []
        rules: dict[str, list[Mapping[str, Any]]] = {
            GROUP: [{**rule, "GroupId": deployed.id} for rule in inside],
            RULE: [own],
        }
        for rule in rules.get(deployed.resource.type, ()):
            source, target = (_named(record, rule.get(key)) for key in ("SourceSecurityGroupId", "GroupId"))
            ports = dict.fromkeys(str(rule.get(key)) for key in ("FromPort", "ToPort"))
            yield f"{source} calls {target} on {' to '.join(ports)}"


EXERCISES: Mapping[str, Exercise] = {
    "07-infrastructure/1": Exercise(
        {"update": _update},
        (
            Exactly("update", "the apply ends", _outcome, "applied"),
            Exactly("update", "the description is", _description, "Only the web may come in"),
            Exactly("update", "the resources are", _resources, "Firewall, LoadBalancer"),
            Exactly("update", "the load balancer is behind", _guards, "Firewall"),
            Exactly("update", "the longest gap is", _gap, "none"),
        ),
        hints=(
            "Which of the two is it that both firewalls cannot have at the same time?",
            "Destroy first would free the name, and leave a gap. The plan says what you can do instead.",
            "A name of your own is seldom needed: others find the firewall by !Ref, not by GroupName.",
        ),
        solution='''\
mine = dl.template("""
Resources:
  Firewall:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: Only the web may come in}
  LoadBalancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internet-facing, Subnets: [a, b], SecurityGroups: [!Ref Firewall]}
""")''',
        kind=Template,
    ),
    "07-infrastructure/2": Exercise(
        {"first": lambda answer: _twice(answer)[:1], "again": lambda answer: _twice(answer)[1:]},
        (
            Exactly("first", "the first apply ends", _outcome, "applied"),
            Exactly("first", "allowed is", _calls, "Shop calls Till on 90, Till calls Shop on 80"),
            Exactly("again", "a second apply has", _outcome, "nothing to do"),
        ),
        hints=(
            "A firewall does not need the other one to exist. What does need both of them?",
            "Make the two firewalls first, without rules, and each rule a resource of its own.",
            "A rule of its own has the type AWS::EC2::SecurityGroupIngress. Beside protocol and ports it has "
            "a GroupId, the firewall that it belongs to, and a SourceSecurityGroupId.",
        ),
        solution='''\
mine = dl.template("""
Resources:
  Shop: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: shop}}
  Till: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: till}}
  TillCallsShop:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {IpProtocol: tcp, FromPort: 80, ToPort: 80, GroupId: !Ref Shop,
      SourceSecurityGroupId: !Ref Till}
  ShopCallsTill:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {IpProtocol: tcp, FromPort: 90, ToPort: 90, GroupId: !Ref Till,
      SourceSecurityGroupId: !Ref Shop}
""")''',
        kind=Template,
    ),
}
