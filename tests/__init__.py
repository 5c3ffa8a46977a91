"""A package, so that it is found before those that others install under the same name (ciw does)."""
