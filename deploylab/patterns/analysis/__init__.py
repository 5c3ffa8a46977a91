"""Judging a version: measurements over time, their limits, and the judges that say what one means."""

from .analysis import Analysis, check_analysis

__all__ = ["Analysis", "check_analysis"]
