"""Where a user stands on a flag's ruler from 0 to 100 %: flagd's `fractional`, in its three versions.

A flag's key and a user's key are hashed together, and the hash says where the user stands. The percentage of
the flag is a mark on the same ruler: whoever stands below it has the feature. So a user keeps it while the
mark rises, and stands elsewhere as soon as anything that is hashed changes: the flag's key, or how the two
are put together.

Source: flagd, specification of the fractional operation; versions 1 and 2 as in its Python provider and its
openfeature-flagd-core 1, version 3 as in openfeature-flagd-core 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

VERSIONS = (1, 2, 3)
MAX_INT32 = 2**31 - 1


def places(flag_key: str, targeting_keys: Sequence[str], version: int = 3) -> NDArray[np.float64]:
    """Where each of these users stands for this flag (%); whoever stands below its weight has the feature.

    Exact: a 32-bit hash times 100 fits in a float. Version 1 loses the sign of the hash, and a user in about
    1.4 billion stands at 100 % or above, where even a weight of 100 does not reach.

    >>> [places("new-checkout", ["user-7"], version).round(2).tolist() for version in VERSIONS]
    [[20.09], [89.96], [58.82]]
    """
    flag = _text(flag_key) if version == 3 else flag_key.encode()
    users = [_text(key) if version == 3 else key.encode() for key in targeting_keys]
    start = b"\x82" + flag if version == 3 else flag  # 0x82 begins a CBOR array of two
    hashed = hashes([start + user for user in users])
    if version == 1:
        return np.abs(hashed.view(np.int32).astype(np.int64)) / MAX_INT32 * 100
    return hashed.astype(np.float64) * 100 / 2**32


def hashes(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """The murmur3 hash of each key; those of one length are hashed together.

    >>> hashes([b"", b"hello"]).tolist()
    [0, 613153351]
    """
    lengths = np.fromiter(map(len, keys), np.int64, len(keys))
    hashed = np.zeros(len(keys), np.uint32)
    for length in np.unique(lengths).tolist():
        same = np.flatnonzero(lengths == length)
        rows = np.frombuffer(b"".join([keys[i] for i in same.tolist()]), np.uint8)
        hashed[same] = murmur3_32(rows.reshape(len(same), length))
    return hashed


def murmur3_32(rows: NDArray[np.uint8], seed: int = 0) -> NDArray[np.uint32]:
    """MurmurHash3 for x86, 32 bits, of every row of bytes at once. Source: A. Appleby, smhasher, 2011.

    >>> murmur3_32(np.frombuffer(b"hello", np.uint8).reshape(1, 5)).tolist()
    [613153351]
    """
    count, length = rows.shape
    whole = length // 4 * 4
    words = np.zeros((count, length // 4 + 1), "<u4")  # the last one is what is left over
    words.view(np.uint8)[:, :length] = rows
    h = np.full(count, seed, np.uint32)
    for word in words[:, : whole // 4].T:
        h = _rotated(h ^ _scrambled(word), 13) * np.uint32(5) + np.uint32(0xE6546B64)
    h ^= _scrambled(words[:, -1]) ^ np.uint32(length)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def _scrambled(word: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return _rotated(word * np.uint32(0xCC9E2D51), 15) * np.uint32(0x1B873593)


def _rotated(word: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    return (word << np.uint32(bits)) | (word >> np.uint32(32 - bits))


def _text(words: str) -> bytes:
    """A text in canonical CBOR (RFC 8949): its length in as few bytes as possible, then its letters."""
    letters = words.encode()
    size = len(letters)
    if size < 24:
        return bytes([0x60 + size]) + letters
    width = next(width for width in (0, 1, 2, 3) if size < 1 << 8 * 2**width)
    return bytes([0x78 + width]) + size.to_bytes(2**width, "big") + letters
