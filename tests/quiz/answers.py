"""Answers of all kinds, for properties that hold for every type of question."""

from __future__ import annotations

from hypothesis import strategies as st

from deploylab.quiz.amount import COUNTED
from deploylab.quiz.ask import Ask, Field


def responses(ask: Ask) -> st.SearchStrategy[tuple[str, ...]]:
    """Any answer that fits what a question asks, the empty one included."""
    fields = [_words(field).map(lambda words, field=field: _tagged(field, words)) for field in ask.fields]
    return st.tuples(*fields).map(lambda parts: tuple(word for part in parts for word in part))


def _tagged(field: Field, words: list[str]) -> list[str]:
    return [f"{field.id}:{word}" for word in words] if field.id else words


def _words(field: Field) -> st.SearchStrategy[list[str]]:
    ids = [choice.id for choice in field.choices]
    match field.how:
        case "one":
            return st.lists(st.sampled_from(ids), max_size=1)
        case "many":
            return st.lists(st.sampled_from(ids), unique=True)
        case "order":
            return st.one_of(st.just([]), st.permutations(ids))
        case "number":
            least = 0 if COUNTED.fullmatch(field.unit) else -5
            return st.lists(st.integers(least, 50).map(str), max_size=1)
    known = ["readiness probe", "liveness", "startup", "undo", "Undo", "re do"]
    return st.lists(
        st.one_of(st.sampled_from(known), st.text("abc é*:", min_size=1).filter(str.strip)), max_size=1
    )
