"""Judging a version: measurements over time, their limits, and the judges that say what one means."""

from .analysis import Analysis

__all__ = ["Analysis"]
