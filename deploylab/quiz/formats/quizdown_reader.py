"""What quizdown says, as the keys of a quiz file; alone or inside a shortcode of a Hugo page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deploylab.quiz.formats.draft import Draft, Tree, with_ids
from deploylab.quiz.formats.html_text import TAG, from_html, pictures
from deploylab.quiz.formats.quizdown import Answer, Question, parse

_SHORTCODE = re.compile(
    r"\{\{[<%]\s*quizdown\b[^}]*?[>%]\}\}\n?(.*?)\{\{[<%]\s*/\s*quizdown\s*[>%]\}\}"
    r"|<(?:div|pre)\s+class=[\"']?quizdown[\"']?\s*>\n?(.*?)</(?:div|pre)>", re.S,
)  # fmt: skip
_KEYS = {"n_questions": "pick", "passing_grade": "pass_mark", "locale": "language"}
_KNOWN = {"shuffle_questions", "shuffle_answers", "title", *_KEYS}
_LOOKS = {
    "primary_color", "secondary_color", "text_color", "start_on_load", "custom_pass_msg", "custom_fail_msg",
}  # fmt: skip


def read_quizdown(text: str) -> Draft:
    """The quiz of a file or of all quizdown shortcodes of a page.

    >>> draft = read_quizdown("# Who?\\n1. [x] The users\\n2. [ ] Nobody\\n\\n> **Explanation:** They do.")
    >>> draft.questions[0][1]["type"], draft.questions[0][1]["explanation"]
    ('single', 'They do.')
    """
    draft = Draft()
    for source, line in _sources(draft, text.replace("\r\n", "\n")):
        options, questions = parse(source)
        _take_options(draft, options, line + 1)
        for one in questions:
            for place, said in one.notes:
                draft.note(line + place, said)
            _Words(draft, line + one.line).take(one)
    return draft


def _sources(draft: Draft, text: str) -> Iterator[tuple[str, int]]:
    """What is quizdown in a text, each with the number of lines before it."""
    blocks = list(_SHORTCODE.finditer(text))
    if not blocks:
        yield text, 0
        return
    if title := re.search(r"(?m)^title\s*[:=]\s*(.+)$", text[: blocks[0].start()]):
        draft.head["title"] = title[1].strip().strip("\"'")
    if _SHORTCODE.sub("", re.sub(r"(?s)\A\s*(---|\+\+\+)\n.*?\n\1", "", text)).strip():
        draft.note(1, "the text of the page around the quiz is left out")
    for found in blocks:
        yield found[1] or found[2] or "", text.count("\n", 0, found.start(found.lastindex or 0))


class _Words:
    """The texts of one question as Markdown of ours, with notes at its line."""

    def __init__(self, draft: Draft, line: int) -> None:
        self.draft, self.line = draft, line

    def note(self, said: str) -> None:
        self.draft.note(self.line, said)

    def take(self, one: Question) -> None:
        """One question as the keys of a quiz file."""
        tree: Tree = {"type": "", "prompt": self("\n\n".join((one.text, *one.body)))}
        if one.hints:
            tree["hints"] = [self("\n\n".join(one.hints))]
        if not one.answers:
            self.note(f"{one.text[:60]!r} is left out: it has no list of answers")
            return
        for name in one.options:
            self.note(f"the option {name} of one question is left out; ours are for a whole quiz")
        if one.kind == "Sequence":
            tree |= {"type": "order", "items": with_ids(map(self.item, one.answers), "item")}
        else:
            options = [{**self.item(answer), "correct": bool(answer.correct)} for answer in one.answers]
            tree["type"] = "single" if one.kind == "SingleChoice" else "multiple"
            tree["options"] = with_ids(options, "option")
        if one.explanation:
            tree["explanation"] = self(one.explanation)
        self.draft.questions.append((self.line, tree))

    def item(self, answer: Answer) -> Tree:
        """An answer is one line; code that stands in lines of its own is put into it."""
        inlined = re.sub(r"```[^\n]*\n(.*?)\n```", r"`\1`", self(answer.text), flags=re.S)
        return {
            "text": " ".join(inlined.split()),
            **({"feedback": self(answer.comment)} if answer.comment else {}),
        }

    def __call__(self, markdown: str) -> str:
        """Markdown in which HTML, but for that in code, is Markdown too."""
        parts = re.split(r"(```.*?```|`[^`\n]*`)", pictures(markdown, self.note), flags=re.S)
        parts[::2] = map(self._without_html, parts[::2])
        return "".join(parts).strip()

    def _without_html(self, text: str) -> str:
        if not TAG.search(text):
            return text
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{before}{from_html(text, self.note, escape=False)}{after}"


def _take_options(draft: Draft, options: Tree, line: int) -> None:
    given = {_snake(name): value for name, value in options.items()}
    shuffled = {
        "questions": given.get("shuffle_questions", False),
        "options": given.get("shuffle_answers", True),
    }
    chosen = [name for name, value in shuffled.items() if value is True]
    draft.head.setdefault("shuffle", "all" if len(chosen) == 2 else chosen[0] if chosen else "none")
    draft.head |= {key: given[name] for name, key in _KEYS.items() if given.get(name) is not None}
    if isinstance(given.get("title"), str):
        draft.head["title"] = given["title"]
    for name in (name for name in given if name not in _KNOWN):
        why = "is a look" if name in _LOOKS else "has no key of ours"
        draft.note(line, f"the option {name} {why}, and is left out")


def _snake(name: Any) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", str(name)).lower()
