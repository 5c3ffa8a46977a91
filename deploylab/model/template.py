"""A template: what is wanted, as code, and how the way there is walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import KnobError, TemplateError
from .knob import check_knobs, knob, known_fields
from .knob_shapes import count_knob

Path = tuple[str | int, ...]  # to a value of a template or of a resource


@known_fields
@dataclass(frozen=True)
class Walk:
    """How the graph is walked: how much at once, what fails, and what a failure does.

    With `rollback` a failure undoes all that was done, and nothing is deleted before the rest has succeeded,
    as CloudFormation does; without it the walk goes on where it can and leaves the rest, as Terraform does.
    The creation or update of those in `fails` fails.
    """

    parallelism: int = count_knob(10, "operations at once", (1, 10_000), (1, 12, 1), unit="operations")
    rollback: bool = knob(True, "undo everything when something fails")
    fails: str = knob("", "resources that fail, with commas between them")
    seed: int = knob(1, "chance of the durations", minimum=0, whole=True)

    def __post_init__(self) -> None:
        check_knobs(self)
        if not isinstance(self.fails, str):
            raise KnobError("Walk", "fails", self.fails, "is no text; use names with commas between them")

    @property
    def failing(self) -> tuple[str, ...]:
        """The names in `fails`."""
        return _listed(self.fails)


@known_fields
@dataclass(frozen=True)
class Template:
    """The desired state as code: a CloudFormation template with the values of its parameters.

    `create_before_destroy` is True, False or the names, with commas between, of the resources whose
    replacement is created before the old one goes; it is forced onto all that these depend on.
    """

    name: str
    body: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    region: str = knob("us-east-1", "where all this is to be")
    create_before_destroy: bool | str = knob(True, "a replacement comes before the old one goes")
    walk: Walk = Walk()
    text: str = field(default="", repr=False, compare=False)
    places: Mapping[Path, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        known = self.body.get("Resources", {}) if isinstance(self.body, dict) else {}
        asked = self.create_before_destroy
        for name in _listed(asked) if isinstance(asked, str) else ():
            if name not in known:
                raise KnobError("Template", "create_before_destroy", name, f"is none of {', '.join(known)}")

    @property
    def created_first(self) -> tuple[str, ...]:
        """The resources for which `create_before_destroy` was asked."""
        if isinstance(self.create_before_destroy, str):
            return _listed(self.create_before_destroy)
        return tuple(self.body["Resources"]) if self.create_before_destroy else ()

    @property
    def title(self) -> str:
        """The name with what tells this environment from another."""
        own = (f"{key} {'****' if key in self.secrets else value}" for key, value in self.parameters.items())
        return ", ".join((self.name, *own, self.region))

    @property
    def secrets(self) -> set[str]:
        """The parameters whose values are never shown (NoEcho)."""
        declared = self.body.get("Parameters", {})
        facts = {name: facts for name, facts in declared.items() if isinstance(facts, dict)}
        return {name for name in facts if str(facts[name].get("NoEcho")).lower() == "true"}

    def with_parameters(self, region: str = "", **values: Any) -> Template:
        """The same template for another environment: these parameters are set, the others stay."""
        return replace(self, parameters={**self.parameters, **values}, region=region or self.region)

    def excerpt(self, *names: str) -> str:
        """The lines of these resources, parameters, mappings or sections, as they stand in the file.

        >>> from deploylab.patterns.infrastructure.template import template
        >>> print(template("web-service").excerpt("Gateway"))
          Gateway:
            Type: AWS::EC2::InternetGateway
        """
        known = {str(path[-1]): place for path, place in self.places.items() if 0 < len(path) <= 2}
        lines, parts = self.text.splitlines(), []
        for name in names:
            if name not in known:
                raise KnobError("Template", "excerpt", name, f"is none of {', '.join(known)}")
            line, column = known[name]
            next_ = (at for at, text in enumerate(lines) if at >= line and text[:column].strip())
            parts += ["\n".join(lines[line - 1 : next(next_, None)]).rstrip()]
        return "\n".join(parts)

    def fault(self, path: Path, problem: str) -> TemplateError:
        """The error of a place in the template, with file, line and column where they are known."""
        known = next((self.places[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.places), ())
        at = ".".join(map(str, path))
        return TemplateError(f"{':'.join(map(str, (self.name, *known)))}: {at}{': ' * bool(at)}{problem}")


def _listed(words: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in words.split(",") if name.strip())
