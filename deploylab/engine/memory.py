"""Memory that the next run finds where this one left it."""

from __future__ import annotations

import numpy as np

LARGEST = 32_000_000  # bytes; just below the largest block from which glibc learns


def keep_memory() -> None:
    """Let the C library keep what arrays are freed, for the arrays to come.

    glibc gives blocks above a threshold back to the system, which has to fill every page anew with zeros when
    the next run asks for it. The threshold rises to the size of the largest block that was freed, so one is
    freed here, of which no page is ever touched. Other libraries take no notice, nor does glibc where
    a variable such as MALLOC_TRIM_THRESHOLD_ sets a threshold.

    Source: mallopt(3), M_MMAP_THRESHOLD.
    """
    np.empty(LARGEST, np.uint8)
