"""RESULTS.md: a part for each way of measuring, none of which touches another's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")


def store(part: Iterable[str]) -> None:
    """Print the lines as they come, then put them in place of the part that has the same first line."""
    lines = []
    for line in part:
        print(line, flush=True)
        lines.append(line)
    RESULTS.write_text(merged(RESULTS.read_text("utf-8"), "\n".join(lines) + "\n"), "utf-8")


def merged(old: str, part: str) -> str:
    """The old text with this part in it; a part begins with its heading and ends before the next.

    >>> merged("# A\\n1\\n\\n# B\\n2\\n", "# A\\n3\\n")
    '# A\\n3\\n\\n# B\\n2\\n'
    >>> merged("# A\\n1\\n", "# C\\n4\\n")
    '# A\\n1\\n\\n# C\\n4\\n'
    """
    parts = {text.splitlines()[0]: text for text in re.split("(?m)^(?=# )", old) if text}
    parts[part.splitlines()[0]] = part
    return "\n".join(text.rstrip() + "\n" for text in parts.values())
