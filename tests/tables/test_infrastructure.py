"""Published graphs of templates, create-only properties and real plans, held to infrastructure as code.

They are others' tables, not part of this project; without the folder that DEPLOYLAB_TABLES names, these tests
are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deploylab.model.errors import TemplateError
from deploylab.patterns.infrastructure.apply import apply
from deploylab.patterns.infrastructure.compare import published, requires_recreation
from deploylab.patterns.infrastructure.dependencies import circles, dependencies, in_order
from deploylab.patterns.infrastructure.desired import resources
from deploylab.patterns.infrastructure.template import template
from deploylab.patterns.infrastructure.terraform import terraform_plan
from deploylab.views.graph import graph

Row = dict[str, Any]
# Types of AWS that are not among those whose facts come with deploylab; they are updated in place.
NOT_KNOWN: set[str] = set()


def graph_row(folder: Path, row: Row) -> None:
    made = template(folder / row["template"])
    assert {name: body["Type"] for name, body in made.body["Resources"].items()} == row["resources"]
    edges = dependencies(made)
    assert sorted(edges) == sorted(map(tuple, row["edges"]))
    needs: dict[str, set[str]] = {name: set() for name in row["resources"]}
    for edge in edges:
        needs[edge.source].add(edge.target)
    groups = circles(needs)
    assert bool(groups) is not row["acyclic"]
    if groups:
        assert sorted(map(sorted, groups)) == sorted(map(sorted, row["cyclic_components"]))
        assert sum(map(len, groups)) == row.get("upstream_E3004_error_count", sum(map(len, groups)))
        with pytest.raises(TemplateError, match=", ".join(groups[0])):
            resources(made)
        return
    level: dict[str, int] = {}
    for name in in_order(needs):
        level[name] = max((level[target] + 1 for target in needs[name]), default=0)
    assert level == row["level"]
    assert max(level.values()) + 1 == row["critical_path_length"]


def test_every_published_graph_is_found_edge_by_edge(tables: Path) -> None:
    folder = tables / "cloudformation"
    table = json.loads((folder / "graph_oracle.json").read_text(encoding="utf-8"))
    assert len(table["cases"]) == table["case_count"]
    for row in table["cases"]:
        try:
            graph_row(folder, row)
        except Exception as problem:
            problem.add_note(row["template"])
            raise


def test_every_published_create_only_property_replaces(tables: Path) -> None:
    table = json.loads((tables / "cloudformation" / "update_replacement.json").read_text(encoding="utf-8"))
    checked = 0
    for kind, facts in table["types"].items():
        if kind in NOT_KNOWN:
            continue
        assert kind in published()["create_only"], kind
        words = {"createOnlyProperties": "Always", "conditionalCreateOnlyProperties": "Conditionally"}
        said = {pointer: word for key, word in words.items() for pointer in facts[key]}
        for pointer, word in said.items():
            path = tuple(pointer.removeprefix("/properties/").split("/"))
            assert requires_recreation(kind, path) == word, (kind, pointer)
        for name in facts["properties"]:
            if not any(f"{pointer}/".startswith(f"/properties/{name}/") for pointer in said):
                assert requires_recreation(kind, (name,)) == "Never", (kind, name)
        checked += 1
    assert checked


def test_every_type_that_is_not_known_is_in_the_table(tables: Path) -> None:
    table = json.loads((tables / "cloudformation" / "update_replacement.json").read_text(encoding="utf-8"))
    assert set(table["types"]) >= NOT_KNOWN


def test_every_real_plan_loads_and_says_what_terraform_says(tables: Path) -> None:
    files = sorted((tables / "terraform_plans").glob("*.json"))
    assert files
    for file in files:
        body = json.loads(file.read_text(encoding="utf-8"))
        plan = terraform_plan(file)
        entries = body.get("resource_changes", [])
        said = {entry["address"]: tuple(entry["change"]["actions"]) for entry in entries}
        assert {change.name: change.actions for change in plan.changes} == said, file.name
        drifted = {
            e["address"] for e in body.get("resource_drift", []) if e["change"]["actions"] != ["no-op"]
        }
        assert {change.name for change in plan.drift} == drifted, file.name
        for entry, change in zip(entries, plan.changes, strict=True):
            assert ("action_reason" in entry or "previous_address" in entry) <= bool(change.reason), file.name
        record = apply(plan)
        assert record.outcome == ("applied" if plan.doing else "nothing to do"), file.name
        drawn = graph(record)
        assert all(key in drawn.meta["states"] for key in drawn.meta["moves"]), file.name


def references_of(body: Row) -> dict[str, set[str]]:
    """The resources that a plan's root module names directly, the plain way."""
    found = {}
    for resource in body.get("configuration", {}).get("root_module", {}).get("resources", []):
        words = [*resource.get("depends_on", [])]
        for expression in resource.get("expressions", {}).values():
            words += expression.get("references", []) if isinstance(expression, dict) else []
        parts = [word.split(".") for word in words]
        found[resource["address"]] = {".".join(p[: 3 if p[0] == "data" else 2]) for p in parts}
    return found


def test_a_real_plan_depends_on_what_its_configuration_names(tables: Path) -> None:
    for file in sorted((tables / "terraform_plans").glob("*.json")):
        named = references_of(json.loads(file.read_text(encoding="utf-8")))
        for change in terraform_plan(file).changes:
            needs = {name.split("[")[0] for name in change.needs}
            there = {c.name.split("[")[0] for c in terraform_plan(file).changes}
            assert needs >= named.get(change.name.split("[")[0], set()) & there, (file.name, change.name)
