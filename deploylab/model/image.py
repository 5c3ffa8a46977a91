"""An image as the Open Container Initiative defines it: layers, configuration, manifest, digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from hashlib import sha256
from tarfile import USTAR_FORMAT, TarInfo
from types import MappingProxyType
from typing import Any

from .errors import KnobError

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
BLOCK = 512  # bytes; a tar archive is made of these, and two empty ones end it
LONGEST = 100  # bytes of a path that the header of a tar archive holds


def digest(content: bytes) -> str:
    """The name that content has because of what it is: change one byte, and it has another.

    >>> digest(b"{}")
    'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return f"sha256:{sha256(content).hexdigest()}"


def chained(below: str, diff_id: str) -> str:
    """The ChainID of a stack of layers with one more layer on top; another order has another ChainID."""
    return digest(f"{below} {diff_id}".encode())


@dataclass(frozen=True)
class Descriptor:
    """How one piece of content refers to another: its media type, its digest and its size in bytes."""

    media_type: str
    digest: str
    size: int

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON says it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass(frozen=True)
class Layer:
    """Files that are put over those of the layers below, packed the same way on every machine.

    >>> Layer((("etc/motd", b"hello"),)).digest[:19]
    'sha256:d2304b781dee'
    """

    files: tuple[tuple[str, bytes], ...]

    def __post_init__(self) -> None:
        example = "for example (('etc/motd', b'hello'),)"
        if not isinstance(self.files, tuple | list) or not all(map(_is_pair, self.files)):
            problem = f"is no tuple of pairs of a path and its content; {example}"
            raise KnobError("Layer", "files", self.files, problem)
        for path, content in self.files:
            if (
                not isinstance(path, str)
                or {"", ".", ".."} & set(path.split("/"))
                or len(path.encode()) > LONGEST
            ):
                problem = f"is no path of a file below /, of at most {LONGEST} bytes; {example}"
                raise KnobError("Layer", "files", path, problem)
            if not isinstance(content, bytes):
                raise KnobError("Layer", "files", content, f"is no content in bytes; {example}")
        if len(dict(self.files)) < len(self.files):
            raise KnobError("Layer", "files", self.files, f"name one path twice; give each once, {example}")

    @cached_property
    def tar(self) -> bytes:
        """The archive; nobody owns its files and no clock is in it, or two builds would never be the same."""
        parts = []
        for path, content in sorted(self.files):
            entry = TarInfo(path)
            entry.size = len(content)
            parts += [entry.tobuf(USTAR_FORMAT), content, bytes(-len(content) % BLOCK)]
        return b"".join((*parts, bytes(2 * BLOCK)))

    @cached_property
    def digest(self) -> str:
        """The digest of the archive: its DiffID too, because it is not compressed."""
        return digest(self.tar)

    @property
    def descriptor(self) -> Descriptor:
        """How a manifest refers to this layer."""
        return Descriptor(LAYER, self.digest, len(self.tar))


@dataclass(frozen=True)
class Image:
    """Layers, the lowest first, and the command that runs in them; all that an instance needs to be made.

    Source: OCI image specification 1.1, manifest.md, config.md and descriptor.md.

    >>> base, patch = Layer((("etc/motd", b"hello"),)), Layer((("etc/motd", b"bye"),))
    >>> Image((base, patch)).digest == Image((patch, base)).digest
    False
    """

    layers: tuple[Layer, ...]
    command: tuple[str, ...] = ()
    architecture: str = "amd64"
    os: str = "linux"

    def __post_init__(self) -> None:
        layers = self.layers if isinstance(self.layers, tuple | list) else ()
        if not layers or not all(isinstance(layer, Layer) for layer in layers):
            example = "for example (Layer((('etc/motd', b'hello'),)),)"
            problem = f"is no tuple of layers; an image has at least one layer, {example}"
            raise KnobError("Image", "layers", self.layers, problem)

    @cached_property
    def config(self) -> bytes:
        """The configuration: what runs, and the DiffIDs of the layers in their order."""
        rootfs = {"type": "layers", "diff_ids": [layer.digest for layer in self.layers]}
        plain = {"architecture": self.architecture, "os": self.os, "rootfs": rootfs}
        return _canonical({**plain, "config": {"Cmd": list(self.command)}} if self.command else plain)

    @cached_property
    def manifest(self) -> bytes:
        """What a registry hands out under the digest of this image."""
        config = Descriptor(CONFIG, digest(self.config), len(self.config))
        layers = [layer.descriptor.plain for layer in self.layers]
        plain = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config.plain, "layers": layers}
        return _canonical(plain)

    @cached_property
    def digest(self) -> str:
        """The name of the image: the digest of its manifest."""
        return digest(self.manifest)

    @property
    def chain_id(self) -> str:
        """The name of the file system that the layers make when they are put on each other in this order."""
        return reduce(chained, (layer.digest for layer in self.layers))

    @property
    def blobs(self) -> Mapping[str, bytes]:
        """All that the image consists of, by digest; two images share the layers that they have in common."""
        parts = [self.manifest, self.config, *(layer.tar for layer in self.layers)]
        return MappingProxyType({digest(part): part for part in parts})


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2


def _canonical(value: object) -> bytes:
    """JSON in the one form that gives the same digest everywhere: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
