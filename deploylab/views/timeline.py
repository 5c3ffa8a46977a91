"""What happened when, in one picture that stands still: the lanes of a rollout, or the curves of a judge."""

from __future__ import annotations

from math import ceil
from xml.etree import ElementTree

import numpy as np

from ..model.errors import RecordError
from ..model.operating import OperatingCharacteristic
from ..model.record import SECOND
from ..model.run import Run
from ..model.summary import percent, seconds
from . import lanes, signs, stage_lanes, theme
from .describe_run import describe_run
from .frames import Frames
from .lines import cut
from .moments import moments, turns
from .motion import posed
from .operating import operating
from .series import BINS, Series, series
from .stage_words import readouts
from .still import Still, drawing
from .svg import element, text

WIDTH, TOP = 960, 274  # the lanes stand so far below in the picture that moves (px)
SHARES, HIGH = 308.0, 20.0  # y and height of the strip of traffic
LINE, COLUMNS, LETTERS = 17, 3, 38  # of the list of moments: px, and what fits into a column
LISTED = 45  # moments; a rollout of hundreds of steps would be a book


def timeline(record: Run | OperatingCharacteristic) -> Still:
    """What happened when, in one picture that prints well; a judge's curves go over requests, not time.

    Raises `RecordError` for a record that has no lanes.

    >>> from deploylab import Recreate, Scenario, roll_out
    >>> timeline(roll_out(Recreate(), Scenario(replicas=2, duration=30)))
    Picture of Recreate replaces v1 by v2 on 2 instances, ...
    """
    if isinstance(record, Run):
        return _rollout(record)
    if isinstance(record, OperatingCharacteristic):
        frames = operating(record)
        return Still(record.headline, at_the_end(frames), frames.description)
    raise RecordError(
        f"timeline: this {type(record).__name__} has no lanes over time; a Run has, as roll_out gives it, "
        "and so has an OperatingCharacteristic; animate(record) shows other records"
    )


def at_the_end(frames: Frames) -> str:
    """The drawing as the player shows it at the end, without the cursor: for pictures without motes."""
    root = posed(frames, frames.meta["end"])
    for node in root.iter():
        node.attrib.pop("clip-path", None)
        for child in [
            child for child in node if "dl-cursor" in child.get("class", "") or child.tag == "clipPath"
        ]:
            node.remove(child)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    return ElementTree.tostring(root, encoding="unicode")


def _rollout(run: Run) -> Still:
    curves, marks, shown = series(run), moments(run), signs.signs(moments(run), run.end, turns(run))
    rows = ceil(min(len(marks), LISTED + 1) / COLUMNS)
    parts = (
        text(24, TOP + 20, run.strategy, "dl-story"),
        text(WIDTH - 24, TOP + 20, _people(run), "dl-small", text_anchor="end"),
        *_traffic(run),
        stage_lanes.frame(run, curves),
        *_said(run, curves),
        signs.lines(shown),
        stage_lanes.drawing(run, curves),
        *signs.words(shown),
        *_listed(marks, rows, lanes.AXIS + 42),
    )
    inside = element("g", *parts, transform=f"translate(0 {-TOP})")
    height = lanes.AXIS - TOP + 36 + rows * LINE
    return Still(run.headline, drawing(WIDTH, height, inside), describe_run(run))


def _people(run: Run) -> str:
    settings = f"{', '.join(run.settings)}  ·  " if run.settings else ""
    return f"{settings}{run.users_hurt:,} of {run.scenario.traffic.users:,} users hurt"


def _traffic(run: Run) -> list[str]:
    """Who answered, as a strip: the share of each version in the requests that met one, bin by bin."""
    served = run.log.version >= 0
    bins = np.minimum(run.log.time[served] * (BINS / (run.end * SECOND)), BINS - 1).astype(np.int64)
    rows = run.log.version[served].astype(np.int64)
    n = len(run.scenario.versions)
    counts = np.bincount(rows * BINS + bins, minlength=n * BINS).reshape(n, BINS)
    lower = np.vstack([np.zeros(BINS), counts.cumsum(axis=0) / np.maximum(1, counts.sum(axis=0))])
    edges = lanes.x(np.linspace(0, run.end, BINS + 1), run.end)
    parts = [text(24, SHARES + 10, "traffic", "dl-label")]
    for row, (version, role) in enumerate(zip(run.scenario.versions, theme.roles(n), strict=True)):
        near, far = (SHARES + HIGH * (1 - lower[row + up]) for up in (0, 1))
        there = (corners for corners in zip(edges, edges[1:], near, far, strict=False) if counts[row].any())
        boxes = "".join(f"M{x0:.1f} {y0:.1f}H{x1:.1f}V{y1:.1f}H{x0:.1f}Z" for x0, x1, y0, y1 in there)
        share = counts[row].sum() / max(1, counts.sum())
        parts.append(element("path", d=boxes, class_=f"dl-band dl-{role}"))
        name = f"{version} {percent(round(float(share), 2))}"
        parts.append(text(24 + min(62, 148 / n) * row, SHARES + 26, name, f"dl-small dl-{role}-text"))
    return parts


def _said(run: Run, curves: Series) -> list[str]:
    """What each lane comes to, in words."""
    versions = run.scenario.versions
    ready = [f"{name} {int(row[0])}→{int(row[-1])}" for name, row in zip(versions, curves.ready, strict=True)]
    slow = [f"{name} {seconds(value)}" for name in versions if (value := run.latency(99, name)) == value]
    said = (ready, [[*readouts(run, curves)][-1][0]], slow)
    return [
        text(24, top + 31 + 14 * line, "  ".join(words[2 * line : 2 * line + 2]), "dl-small dl-quiet")
        for top, words in zip(lanes.TOPS, said, strict=True)
        for line in range(ceil(len(words) / 2))
    ]


def _listed(marks: list[tuple[float, str]], rows: int, top: float) -> list[str]:
    """Every moment with its time, down the columns; the last of all stays when there are too many."""
    said = [(f"{time:.1f} s", words) for time, words in marks]
    if len(said) > LISTED:
        left_out = len(said) - LISTED
        said = [*said[: LISTED - 1], ("", f"… {left_out:,} more moments …"), said[-1]]
    parts = []
    for number, (time, words) in enumerate(said):
        column, row = divmod(number, rows)
        x, y = 24 + column * (WIDTH - 48) / COLUMNS, top + row * LINE
        parts.append(text(x + 44, y, time, "dl-small dl-quiet", text_anchor="end"))
        parts.append(text(x + 52, y, cut(words, LETTERS), "dl-small"))
    return parts
