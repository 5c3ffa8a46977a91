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

from ..model.errors import KnobError

HERE = Path(__file__).parent
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")


class Prediction(anywidget.AnyWidget):
    """A form for what somebody expects: a number or a choice, one for each part; see `predict`."""

    _esm = HERE / "prediction.js"
    _css = HERE / "prediction.css"

    ask = traitlets.Dict().tag(sync=True)
    said: Any = traitlets.List().tag(sync=True)  # in words, one for each part; empty until it is written down
    fault = traitlets.Dict().tag(sync=True)  # {"part": which one cannot be read, "text": why}
    met: Any = traitlets.List().tag(sync=True)  # what came of it, a line for each part; then nothing changes

    def __init__(
        self, question: str, choices: Sequence[str], parts: Sequence[object], unit: str, digits: int
    ) -> None:
        self._unit, self._digits, self._given = unit, digits, []  # type: tuple[str, int, list[Any]]
        names = [str(part) for part in parts]
        super().__init__(ask={"question": question, "choices": list(choices), "parts": names, "unit": unit})
        self.on_msg(self._receive)

    def write(self, *answers: object) -> None:
        """Write the prediction down, as the button does: one answer for each part.

        Raises `KnobError` for an answer that is no number, or none of the choices, and once it was compared.
        """
        expected = len(self.ask["parts"]) or 1
        if self.met:
            raise KnobError("predict", "answers", answers, "comes after the run; call predict again")
        if len(answers) != expected:
            raise KnobError("predict", "answers", answers, f"must hold {expected}, one for each part")
        given = []
        for part, answer in enumerate(answers):
            try:
                given.append(self._read(answer))
            except KnobError as error:
                self.fault = {"part": part, "text": str(error).removeprefix("predict.answer: ")}
                raise
        self._given, self.fault = given, {}
        self.said = list(map(self._words, given))

    def compare(self, actual: object) -> str:
        """What was said beside what it was, a line for each part; from then on nothing can be changed."""
        parts = self.ask["parts"]
        was = list(actual) if parts and isinstance(actual, Sequence) else [actual]
        if len(was) != (len(parts) or 1):
            raise KnobError("predict", "actual", actual, f"must hold {len(parts)} values, one for each part")
        heads = [f"{part}: " for part in parts] or [""]
        said = self._given or [None] * len(was)
        self.met = [head + self._line(*pair) for head, *pair in zip(heads, said, was, strict=True)]
        return "\n".join(self.met)

    def _line(self, said: Any, actual: object) -> str:
        was = actual.value if isinstance(actual, Enum) else actual
        words = self._words(was)
        if said is None:
            return f"You wrote down no prediction. It was {words}."
        if self._words(said) == words:
            return f"You said {words}, and so it was."
        gap = "" if isinstance(said, str) or not isinstance(was, int | float) else self._gap(was - said)
        return f"You said {self._words(said)}. It was {words}{gap}."

    def _gap(self, gap: float) -> str:
        return f", {self._number(abs(gap))} {'more' if gap > 0 else 'less'}"

    def _read(self, answer: object) -> Any:
        """A choice as it is, and a number in digits: 1963, 1,963, 0.5 and 0,5, with or without its unit."""
        if choices := self.ask["choices"]:
            if answer not in choices:
                raise KnobError("predict", "answer", answer, f"is none of {', '.join(choices)}")
            return answer
        text = str(answer).strip().removesuffix(self._unit).replace("_", "").replace(" ", "")
        if THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        text = text.replace(",", ".")
        if not NUMBER.fullmatch(text):
            raise KnobError("predict", "answer", answer, "is no number; write for example 12 or 0.5")
        return float(text)

    def _words(self, value: Any) -> str:
        if value is None or isinstance(value, str):
            return value or "none"
        return f"{self._number(value)} {self._unit}".rstrip()

    def _number(self, value: float) -> str:
        words = f"{value:,.{self._digits}f}"
        return words.rstrip("0").rstrip(".") if "." in words else words

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """A message of the browser: a bad answer is told beside its field, not raised."""
        try:
            self.write(*map(str, content["answers"]))
        except KnobError as error:
            if not self.fault:
                self.fault = {"part": 0, "text": str(error)}

    def _repr_mimebundle_(self, **choice: Any) -> Any:
        """The form, and the question alone for where no kernel runs."""
        data, metadata = super()._repr_mimebundle_(**choice) or ({}, {})
        return {**data, "text/html": f"<p>✎ {escape(self.ask['question'])}</p>"}, metadata

    def __repr__(self) -> str:
        said = "; ".join(self.said) or "nothing yet"
        return f"Prediction: {self.ask['question']} You said: {said}."


def predict(
    question: str,
    choices: Sequence[str] = (),
    parts: Sequence[object] = (),
    unit: str = "",
    digits: int = 1,
) -> Prediction:
    """A form to write down what you expect, before you run it; `compare` then tells how far off it was.

    `choices` are words to choose among; without them it takes a number, of `unit`, told with up to `digits`
    decimals. `parts` are the cases that you predict one by one.

    >>> guess = predict("How many users will be hurt?", unit="users")
    >>> guess.write("10")
    >>> guess.compare(171)
    'You said 10 users. It was 171 users, 161 more.'
    >>> guess = predict("How does it end?", choices=("promoted", "rolled back"), parts=("healthy", "bad"))
    >>> print(guess.compare(("promoted", "rolled back")))
    healthy: You wrote down no prediction. It was promoted.
    bad: You wrote down no prediction. It was rolled back.
    """
    return Prediction(question, choices, parts, unit, digits)
