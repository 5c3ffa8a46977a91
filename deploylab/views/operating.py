"""The error curves of a judge: false alarms of good versions above, bad versions noticed below.

The axis is not time but requests: the cursor moves from look to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from ..model.operating import OperatingCharacteristic
from ..model.summary import share
from .describe_operating import describe_operating
from .frames import Frames
from .scene import WIDTH, axis, ghost, scene, ticks, uncovered
from .series import Numbers
from .svg import curve, element, text
from .track import Track

HEIGHT = 560
LEFT, RIGHT, AXIS = 210.0, 868.0, 516.0
PANEL = 180.0  # px high
SHOW = 20  # seconds on the screen
MOMENTS = 240  # different words at most
STEPS = [k * 10**power for power in range(12) for k in (1, 2, 5)]  # requests from tick to tick
HEADROOM = 1.15  # how far a scale goes beyond what is largest in it


@dataclass(frozen=True)
class Panel:
    """A panel of shares from 0 to `most`, over the requests of a record that ends at `end`."""

    top: float
    most: float
    end: int

    def x(self, requests: Numbers | float) -> Numbers:
        """Px from the left of the picture."""
        return LEFT + (RIGHT - LEFT) * np.asarray(requests, np.float64) / self.end

    def y(self, part: Numbers | float) -> Numbers:
        """Px from the top of the picture."""
        return self.top + PANEL - PANEL * np.asarray(part, np.float64) / self.most

    def line(self, step: int, shares: tuple[float, ...], class_: str) -> str:
        """A curve from nothing before the first look; what lies beyond the end is left out."""
        seen = step * np.arange(len(shares) + 1.0)
        kept = seen <= self.end
        heights = self.y(np.array([0.0, *shares]))
        return element("path", d=curve(self.x(seen[kept]), heights[kept]), class_=f"dl-curve {class_}")

    def level(self, part: float, words: str) -> str:
        """A line across, named in the margin."""
        y = float(self.y(part))
        line = element("path", d=f"M{LEFT:g} {y:.1f}H{RIGHT:g}", class_="dl-promise")
        return line + text(RIGHT + 6, y + 4, words, "dl-tiny dl-quiet")

    def frame(self, *names: str) -> str:
        """Its name in lines at the left, its ground line and its largest value."""
        lines = [text(24, self.top + 14 + 17 * row, name, "dl-label") for row, name in enumerate(names)]
        ground = element("path", d=f"M{LEFT:g} {self.top + PANEL:g}H{RIGHT:g}", class_="dl-line")
        return "".join((*lines, ground, text(RIGHT + 6, self.top + 4, share(self.most), "dl-tiny dl-quiet")))


def operating(record: OperatingCharacteristic, before: OperatingCharacteristic | None = None) -> Frames:
    """The curves of a judge, look by look; `before` is another judge, drawn in grey behind it."""
    trial = record.trial
    end = trial.requests * trial.looks
    shown = [record] if before is None else [before, record]
    largest = max(_false_alarms(each)[-1] for each in shown)
    most = ceil(100 * HEADROOM * max(largest, 1.5 * (record.alpha or 0), 0.01)) / 100  # of a whole percent
    alarms = Panel(72, min(1.0, most), end)
    noticed = Panel(310, 1.0, end)
    *earlier, own = (_curves(each, alarms, noticed) for each in shown)
    quiet = {"class_": "dl-small dl-quiet", "text_anchor": "end"}
    drawing = (
        text(24, 31, "0 requests", "dl-clock"),
        text(250, 31, record.judge, "dl-story"),
        text(WIDTH - 24, 31, f"{trial.runs:,} runs of each rate", **quiet),
        *_names(record, alarms, noticed),
        *axis([(float(noticed.x(n)), f"{n:,}") for n in ticks(end, STEPS)], AXIS),
        text(RIGHT, AXIS + 24, "requests seen", **quiet),
        text(WIDTH - 24, 50, "" if before is None else f"grey: {before.judge}", **quiet),
        *uncovered((ghost(*earlier), own), 40, HEIGHT),
        *_labels(record, noticed),
        element("g", element("path", d=f"M0 60V{AXIS - 22:g}"), class_="dl-cursor"),
    )
    looks = np.unique(np.linspace(0, trial.looks, min(trial.looks, MOMENTS) + 1).astype(np.int64)).tolist()
    return scene(
        drawing,
        describe_operating(record),
        cursor=(LEFT, RIGHT),
        height=HEIGHT,
        clock={"before": "", "after": " requests", "each": 1, "digits": 0},
        end=end,
        speed=end / SHOW,
        texts=_appearing(record)
        | {
            name: [[look * trial.requests, [[_words(record, name, look), style]]] for look in looks]
            for name, style in (("every", "dl-candidate-text"), ("once", "dl-stable-text"))
        },
        events=[look * trial.requests for look in looks],
        label=f"{record.headline}, look by look",
    )


def _names(record: OperatingCharacteristic, alarms: Panel, noticed: Panel) -> list[str]:
    trial, good = record.trial, record.worst_good
    rate = "no rate was" if good is None else f"{share(trial.rates[good])} errors are"
    parts = [
        alarms.frame("false alarms", f"{rate} good:", f"the limit is {share(trial.limit)}"),
        text(24, alarms.top + 72, "", "dl-small dl-candidate-text", data_text="every"),
        text(24, alarms.top + 90, "", "dl-small dl-stable-text", data_text="once"),
        noticed.frame("bad versions noticed", "by their errors, looking", "every time"),
    ]
    return parts + ([alarms.level(record.alpha, f"alpha {share(record.alpha)}")] if record.alpha else [])


def _curves(record: OperatingCharacteristic, alarms: Panel, noticed: Panel) -> str:
    step, good = record.trial.requests, record.worst_good
    lines = [noticed.line(step, record.every[place], "dl-candidate") for place in record.bad]
    if good is not None:
        lines.append(alarms.line(step, record.once[good], "dl-wanted dl-stable"))
        lines.append(alarms.line(step, record.every[good], "dl-candidate"))
    return "".join(lines)


def _heights(record: OperatingCharacteristic) -> list[tuple[int, float, float]]:
    """For each bad rate, its place, the look at which its curve is named, and the height there.

    Each is named where it rises, lower than the one before.
    """
    found = []
    for row, place in enumerate(reversed(record.bad)):
        shares = np.array((0.0, *record.every[place]))
        height = float(min(max(0.08, 0.85 - 0.15 * row), shares[-1]))
        found.append((place, float(np.interp(height, shares, np.arange(len(shares)))), height))
    return found


def _labels(record: OperatingCharacteristic, panel: Panel) -> list[str]:
    """Room for the rate of each curve."""
    halo = {"text_anchor": "end", "paint_order": "stroke", "stroke": "var(--dl-paper)", "stroke_width": 4}
    return [
        text(
            float(panel.x(look * record.trial.requests)) - 5, float(panel.y(height)), "", "dl-small",
            data_text=f"rate{place}", **halo,
        )
        for place, look, height in _heights(record)
    ]  # fmt: skip


def _appearing(record: OperatingCharacteristic) -> dict[str, Track]:
    """The rate of each curve, whole, from the moment at which the cursor comes to it."""
    trial = record.trial
    return {
        f"rate{place}": [
            (0.0, [["", ""]]),
            (round(look * trial.requests, 3), [[share(trial.rates[place]), "dl-candidate-text"]]),
        ]
        for place, look, _ in _heights(record)
    }


def _words(record: OperatingCharacteristic, name: str, look: int) -> str:
    """What the two curves of the good version say after a look."""
    if record.worst_good is None or not look:
        return ""
    if name == "once":
        return f"{share(record.once[record.worst_good][look - 1])} in this look alone"
    return f"{share(record.every[record.worst_good][look - 1])} in {look:,} look{'s' * (look > 1)}"


def _false_alarms(record: OperatingCharacteristic) -> tuple[float, ...]:
    """The false alarms after no look, after one, after two."""
    return (0.0, *(() if record.worst_good is None else record.every[record.worst_good]))
