"""Several records that play by one clock."""

from __future__ import annotations

from dataclasses import replace

from ..model.errors import RecordError
from .comparison import Comparison
from .frames import Frames
from .picture import picture

MOST = 4  # pictures that anybody can follow at once


def together(comparison: Comparison) -> list[Frames]:
    """The picture of each record; the first one leads: its clock lasts and steps for all of them.

    None tells its end before it comes.

    Raises `RecordError` for more than four, or for records without a picture.
    """
    if len(comparison.records) > MOST:
        raise RecordError(
            f"animate: nobody can follow {len(comparison.records)} pictures at once; compare up to {MOST}"
        )
    shown = [picture(record) for record in comparison.records]
    first, *others = (
        replace(frames, meta={**frames.meta, "head": head})
        for frames, head in zip(shown, comparison.names(), strict=True)
    )
    finish = max(frames.meta["end"] + frames.meta.get("tail", 0) for frames in shown)
    leads = {
        "tail": finish - first.meta["end"],
        "speed": max(frames.meta["speed"] for frames in shown),
        "events": sorted({time for frames in shown for time in frames.meta.get("events", ())}),
    }
    return [replace(first, meta={**first.meta, **leads}), *others]
