"""Knobs: the layer that puts a scenario, a strategy, a world and a picture into your hands."""
