"""Read a CloudFormation template, YAML with its short tags or JSON, without trusting it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import yaml

from ...model.errors import TemplateError
from ...model.template import Path, Template
from .checks import check

LIMIT = 1_000_000  # bytes: the largest template that CloudFormation takes from S3
DEPTH, VALUES = 60, 200_000
OWN = "deploylab's own: web-service"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PLAIN = (  # the plain words that are no text; a date or 0123 stays text, as CloudFormation reads it
    (re.compile(r"(?:~|null|Null|NULL|)$"), lambda _: None),
    (re.compile(r"(?:true|True|TRUE)$"), lambda _: True),
    (re.compile(r"(?:false|False|FALSE)$"), lambda _: False),
    (re.compile(r"-?(?:0|[1-9][0-9]{0,17})$"), int),
    (re.compile(r"-?[0-9]{1,17}\.[0-9]{1,17}$"), float),
)
PAIR = re.compile(r"(?<!\\)\\u[dD][89abAB]..\\u[dD][c-fC-F]..")  # JSON's way to write one rare character


def template(source: str | File, **knobs: Any) -> Template:
    """Read a CloudFormation template from a file or a text; `knobs` are the other fields of `Template`.

    A name may be that of one of deploylab's own templates. Raises `TemplateError` with file, line and column.

    >>> web = template("web-service")
    >>> len(web.body["Resources"]), web.region
    (16, 'us-east-1')
    >>> template("Resources: {Queue: {Type: AWS::SQS::Queue, Type: twice}}")
    Traceback (most recent call last):
    deploylab.model.errors.TemplateError: template:1:44: Resources.Queue.Type stands here twice
    """
    if not isinstance(source, str | File) or not str(source).strip():
        raise TemplateError(f"template: {source!r} is no template; give its path or its text, or {OWN}")
    text = str(source)
    if isinstance(source, str) and (len(source) > 250 or any(mark in source for mark in ("\n", "{", ": "))):
        name = "template"
    else:
        own = File(__file__).parent / "templates" / f"{text}.yaml"
        name, text = text, read_text(own if own.is_file() else File(source), LIMIT, OWN)
    places: dict[Path, tuple[int, int]] = {}
    made = Template(name, _Reader(name, text, places).document(), text=text, places=places, **knobs)
    check(made)
    return made


def read_text(file: File, limit: int, advice: str) -> str:
    """The text of a file of at most `limit` bytes; no more is read, because a device would never end.

    `advice` says what to try when there is no such file.
    """
    try:
        if file.exists() and not file.is_file():
            raise TemplateError(f"{file}: this is no file; give the path of a template or of a plan")
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise TemplateError(f"{file}: there is no such file; {advice}") from None
    except TemplateError:
        raise
    except (OSError, ValueError) as problem:
        raise TemplateError(f"{file}: cannot be read: {problem}") from None
    if len(data) > limit:
        raise TemplateError(f"{file}: more than {limit:,} bytes; split it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise TemplateError(f"{file}: byte {problem.start:,} is not UTF-8; save it as UTF-8") from None


class _Reader:
    """Builds plain values from the events of libyaml, and notes where each of them stands."""

    def __init__(self, name: str, text: str, places: dict[Path, tuple[int, int]]) -> None:
        if text.lstrip().startswith("{"):  # JSON is YAML, but for tabs between its words and pairs of escapes
            text = PAIR.sub(lambda pair: pair[0].encode().decode("unicode_escape").encode(
                "utf-16", "surrogatepass").decode("utf-16", "replace"), text.replace("\t", " "))  # fmt: skip
        self._name, self._places, self._values = name, places, 0
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)

    def document(self) -> Any:
        """The one document of the text."""
        try:
            kinds = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
            first = next((event for event in self._events if not isinstance(event, kinds)), None)
            value = self._value(first, ()) if not isinstance(first, yaml.StreamEndEvent) else None
            next(self._events, None), next(self._events, None)
            return value
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            words = " ".join(filter(None, (problem.context, problem.problem)))
            raise self._fault(mark, f"this is neither YAML nor JSON: {words}") from None
        except yaml.YAMLError as problem:
            words = str(problem).partition("\n")[0]
            raise TemplateError(f"{self._name}: this is neither YAML nor JSON: {words}") from None

    def _value(self, event: Any, path: Path) -> Any:
        self._values += 1
        if self._values > VALUES or len(path) > DEPTH:
            raise self._fault(event.start_mark, f"more than {VALUES:,} values or {DEPTH} levels; split it")
        self._places.setdefault(path, _place(event.start_mark))
        if isinstance(event, yaml.AliasEvent):
            problem = f"*{event.anchor}: CloudFormation knows no aliases; write it out"
            raise self._fault(event.start_mark, problem)
        if isinstance(event, yaml.ScalarEvent):
            value: Any = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            items = enumerate(self._until(yaml.SequenceEndEvent))
            value = [self._value(item, (*path, n)) for n, item in items]
        else:
            value = self._mapping(path)
        return self._tagged(event, value)

    def _mapping(self, path: Path) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for key in self._until(yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise self._fault(key.start_mark, f"{_words(path)}: a key must be a word")
            if key.value in pairs:
                raise self._fault(key.start_mark, f"{_words((*path, key.value))} stands here twice")
            self._places[*path, key.value] = _place(key.start_mark)
            pairs[key.value] = self._value(next(self._events), (*path, key.value))
        return pairs

    def _until(self, end: type) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _tagged(self, event: Any, value: Any) -> Any:
        """`!Ref x` is {"Ref": "x"}, and `!Sub x` is {"Fn::Sub": "x"}."""
        tag = event.tag or ""
        if tag.startswith("!") and len(tag) > 1:
            name = tag[1:]
            return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}
        return value

    def _fault(self, mark: Any, problem: str) -> TemplateError:
        line, column = _place(mark)
        return TemplateError(f"{self._name}:{line}:{column}: {problem}")


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _scalar(event: Any) -> Any:
    if event.implicit[0]:
        for pattern, make in PLAIN:
            if pattern.match(event.value):
                return make(event.value)
    return event.value


def _words(path: Path) -> str:
    return ".".join(map(str, path)) or "the template"
