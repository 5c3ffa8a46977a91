"""Servers that are changed in place: who got which change, and what went wrong."""
