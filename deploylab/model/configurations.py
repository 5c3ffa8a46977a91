"""All that servers ever were: configurations as stacks of layers, each with the name that OCI gives it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .image import Image, Layer, chained


@dataclass(frozen=True)
class Configurations:
    """All configurations of a history, as a tree: each is the one of its parent with one more layer on top.

    Configuration 0 is the bare server. Two servers have the same configuration exactly if the same layers
    came to them in the same order.
    """

    parents: tuple[int, ...]
    layers: tuple[Layer, ...]  # of each configuration the uppermost

    def stack(self, number: int) -> tuple[Layer, ...]:
        """The layers of a configuration, the lowest first."""
        top = [self.layers[number]]
        while number:
            number = self.parents[number]
            top.append(self.layers[number])
        return tuple(reversed(top))

    def image(self, number: int) -> Image:
        """The image that has exactly this configuration, whether anybody ever built it or not."""
        return Image(self.stack(number))

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The ChainID of every configuration: the name of the file system that its layers make."""
        made = [self.layers[0].digest]
        for parent, layer in zip(self.parents[1:], self.layers[1:], strict=True):
            made.append(chained(made[parent], layer.digest))
        return tuple(made)

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """How many layers each configuration has on top of the bare server."""
        made = [0]
        for parent in self.parents[1:]:
            made.append(made[parent] + 1)
        return tuple(made)
