"""What a notebook shows of an error: the student's own lines and the message, nothing of ours."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell

import deploylab as dl
from deploylab.model.errors import DeploylabError

CELL = """def mine(size):
    return dl.Rolling(
        batch_size=size)
mine(0)
"""


def test_a_notebook_shows_the_student_s_own_lines_and_the_message() -> None:
    make: Any = InteractiveShell  # it has no types
    shell = make(user_ns={"dl": dl})
    error = shell.run_cell(CELL, silent=True).error_in_exec
    assert isinstance(error, DeploylabError)
    assert error._render_traceback_() == [
        "----> 4 mine(0)",
        "----> 2 return dl.Rolling(",
        f"KnobError: {error}",
        "",
        "(Every step on the way: import traceback; traceback.print_last())",
    ]
