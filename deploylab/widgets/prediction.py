"""A prediction: written down before the run, compared with it afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython import get_ipython

from ..model.errors import KnobError
from ..model.knob import Knob
from ..reopened import show
from .numbers import decimals, read, told

HERE = Path(__file__).parent
OF = re.compile(r"of ([\d,]+)")  # a unit that says how many there are
COUNTED = (
    "characters", "commits", "instances", "measurements", "programs", "requests", "resources", "servers",
    "teams", "users",
)  # fmt: skip
MOST = 1e12  # who writes more has slipped
BEFORE = "predict.answer: "
NOTHING = "says nothing; "


class Prediction(anywidget.AnyWidget):
    """A form for what somebody expects: a number or a choice, one for each part; see `predict`."""

    _esm = HERE / "prediction.js"
    _css = HERE / "prediction.css"

    ask = traitlets.Dict().tag(sync=True)
    typed: Any = traitlets.List().tag(sync=True)  # what was written, one for each part
    said: Any = traitlets.List().tag(sync=True)  # the same as it was read; empty until it is written down
    faults: Any = traitlets.List().tag(sync=True)  # why it cannot be read, or "", one for each part
    met: Any = traitlets.List().tag(sync=True)  # what came of it, a line for each part; then nothing changes

    def __init__(
        self, question: str, choices: Sequence[str], parts: Sequence[object], rule: Knob, digits: int
    ) -> None:
        self._rule, self._digits = rule, digits
        self._given: list[Any] = []
        names = [str(part) for part in parts]
        super().__init__(
            ask={"question": question, "choices": list(choices), "parts": names, "unit": rule.unit}
        )
        if before := _kept().get(str(self.ask)):
            self._given, self.typed = before._given, before.typed
            self.said, self.faults = before.said, before.faults
        self.on_msg(self._receive)

    def write(self, *answers: object) -> None:
        """Write the prediction down, as the button does: one answer for each part.

        Raises `KnobError` for an answer that is empty, no number that can be, or none of the choices; what
        was said of the other parts is kept. Raises it, too, once the prediction was compared.
        """
        parts = self.ask["parts"] or [""]
        if self.met:
            raise KnobError("predict", "answers", answers, "comes after the run; call predict again")
        if len(answers) != len(parts):
            raise KnobError("predict", "answers", answers, f"must hold {len(parts)}, one for each part")
        given: list[Any] = []
        errors: list[KnobError | None] = []
        for part, answer in zip(parts, answers, strict=True):
            try:
                given.append(self._read(answer, part))
                errors.append(None)
            except KnobError as error:
                given.append(None)
                errors.append(error)
        self._given, self.typed = given, list(map(str, answers))
        self.faults = [_fault(error) if error else "" for error in errors] if any(errors) else []
        self.said = (
            ["" if each is None else self._words(each, each) for each in given] if not all(errors) else []
        )
        _kept()[str(self.ask)] = self
        if wrong := next(filter(None, errors), None):
            raise wrong

    def compare(self, actual: object) -> str:
        """What was said beside what it was, a line for each part; from then on nothing can be changed."""
        parts = self.ask["parts"]
        was = list(actual) if parts and isinstance(actual, Sequence) else [actual]
        if len(was) != (len(parts) or 1):
            raise KnobError("predict", "actual", actual, f"must hold {len(parts)} values, one for each part")
        was = [each.value if isinstance(each, Enum) else each for each in was]
        for each in was:
            if each is not None and isinstance(each, str) != bool(self.ask["choices"]):
                kind, wanted = ("words", "a number") if isinstance(each, str) else ("a number", "words")
                problem = f"is {kind}, and the question asks for {wanted}; run the cells above in their order"
                raise KnobError("predict", "actual", each, problem)
        heads = [f"{part}: " for part in parts] or [""]
        said = self._given or [None] * len(was)
        lines = [head + self._line(*pair) for head, *pair in zip(heads, said, was, strict=True)]
        self.faults, self.met = [], lines
        _kept().pop(str(self.ask), None)
        return "\n".join(lines)

    def _line(self, said: Any, was: Any) -> str:
        words = self._words(was, said)
        if said is None:
            return f"You wrote down no prediction. It was {words}."
        if (own := self._words(said, said)) == words:
            return f"You said {words}, and so it was."
        gap = "" if isinstance(said, str) or was is None else self._gap(said, was)
        return f"You said {own}. It was {words}{gap}."

    def _gap(self, said: float, was: float) -> str:
        digits = self._decimals(said)
        gap = round(was, digits) - said  # of what is shown
        return f", {told(abs(gap), digits)} {'above' if gap > 0 else 'below'} that"

    def _read(self, answer: object, part: str) -> Any:
        """A choice as it is, or a number."""
        choices, of = self.ask["choices"], f" of {part}" if part else ""
        if not str(answer).strip():
            todo = f"choose one{part and f' for {part}'}" if choices else f"the field{of} is empty"
            raise KnobError("predict", "answer", "", NOTHING + todo)
        if choices:
            if answer not in choices:
                raise KnobError("predict", "answer", answer, f"is none of {', '.join(choices)}")
            return answer
        return read(answer, self._rule)

    def _words(self, value: Any, said: Any) -> str:
        """A value in its unit; a number has at least the decimals of what was said."""
        if value is None or isinstance(value, str):
            return value or "none"
        return told(value, self._decimals(said), self._rule.unit)

    def _decimals(self, said: float | None) -> int:
        """As many as were asked for, or as somebody has said."""
        return max(self._digits, decimals(said or 0))

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the browser: a bad answer is told beside its field, not raised."""
        try:
            self.write(*map(str, content["answers"]))
        except KnobError as error:
            if not any(self.faults):  # it is about no part
                self.faults = [str(error)]
        self.send({})  # an answer, too, when nothing has changed

    def _ipython_display_(self) -> None:
        """The form, and the question alone for where no kernel runs."""
        question = f"<p>✎ {escape(self.ask['question'])}</p><p>To answer it, run this cell again.</p>"
        show(self, question, str(self))

    def __repr__(self) -> str:
        said = "; ".join(filter(None, self.said)) or "nothing yet"
        return f"Prediction: {self.ask['question']} You said: {said}."


def _kept() -> dict[str, Prediction]:
    """The predictions of this notebook that wait for their run, by what they ask: its cell may run again."""
    shell = get_ipython()
    found: dict[str, Prediction] = {} if shell is None else shell.user_ns.setdefault("_predictions", {})
    return found


def _fault(error: KnobError) -> str:
    return str(error).removeprefix(BEFORE).removeprefix(f"'' {NOTHING}")


def predict(
    question: str,
    choices: Sequence[str] = (),
    parts: Sequence[object] = (),
    unit: str = "",
    digits: int = 1,
    least: float = 0,
    most: float | None = None,
) -> Prediction:
    """A form to write down what you expect, before you run it; `compare` then tells how far off it was.

    `choices` are words to choose among; without them it takes a number, of `unit`, told with up to `digits`
    decimals. `parts` are the cases that you predict one by one. A number below `least`, or above `most`, is
    not taken; a unit such as "%" or "of 100" says by itself what the most is. Of users there are no halves.

    >>> guess = predict("How many users will be hurt?", unit="users")
    >>> guess.write("10")
    >>> guess.compare(171)
    'You said 10 users. It was 171 users, 161 above that.'
    >>> guess = predict("How does it end?", choices=("promoted", "rolled back"), parts=("healthy", "bad"))
    >>> print(guess.compare(("promoted", "rolled back")))
    healthy: You wrote down no prediction. It was promoted.
    bad: You wrote down no prediction. It was rolled back.
    """
    if most is None:
        of = OF.match(unit)
        most = 100 if unit == "%" else float(of[1].replace(",", "")) if of else MOST
    rule = Knob(question, unit, least, most, whole=unit in COUNTED)
    return Prediction(question, choices, parts, rule, digits)
