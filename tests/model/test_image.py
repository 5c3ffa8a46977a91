"""Image: what the OCI image specification asks of it, checked with hashlib, json and tarfile alone."""

from __future__ import annotations

import json
import re
import tarfile
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploylab.model.errors import KnobError
from deploylab.model.image import Descriptor, Image, Layer

BASE = Layer((("etc/app.conf", b"threads = 8\n"), ("usr/bin/app", b"\x7fELF")))
PATCH = Layer((("etc/app.conf", b"threads = 16\n"),))
OTHER = Layer((("etc/motd", b"hello"),))
parts = st.text("ab.", min_size=1, max_size=9).filter(lambda part: part not in (".", ".."))
paths = st.lists(parts, min_size=1, max_size=9).map("/".join)
files = st.dictionaries(paths, st.binary(min_size=1, max_size=700), min_size=1, max_size=4)


def hashed(content: bytes) -> str:
    return "sha256:" + sha256(content).hexdigest()


def refers(descriptor: dict[str, Any], kind: str, content: bytes) -> bool:
    return descriptor == {"mediaType": kind, "digest": hashed(content), "size": len(content)}


def test_the_manifest_is_that_of_the_specification() -> None:
    image = Image((BASE, PATCH), command=("/usr/bin/app",))
    manifest = json.loads(image.manifest)
    assert manifest.keys() == {"schemaVersion", "mediaType", "config", "layers"}
    assert manifest["schemaVersion"] == 2
    assert manifest["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert refers(manifest["config"], "application/vnd.oci.image.config.v1+json", image.config)
    for descriptor, layer in zip(manifest["layers"], (BASE, PATCH), strict=True):
        assert refers(descriptor, "application/vnd.oci.image.layer.v1.tar", layer.tar)
    assert image.digest == hashed(image.manifest)


def test_the_configuration_lists_the_layers_from_the_lowest_up() -> None:
    assert json.loads(Image((BASE, PATCH), command=("/usr/bin/app", "-v")).config) == {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Cmd": ["/usr/bin/app", "-v"]},
        "rootfs": {"type": "layers", "diff_ids": [hashed(BASE.tar), hashed(PATCH.tar)]},
    }


def test_json_is_written_in_the_one_canonical_form() -> None:
    for written in (Image((BASE,)).manifest, Image((BASE,)).config):
        again = json.dumps(json.loads(written), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert written == again.encode()


def test_a_digest_follows_the_grammar_of_descriptors() -> None:
    assert re.fullmatch(r"sha256:[a-f0-9]{64}", Image((BASE,)).digest)


def test_the_chain_id_follows_the_formula_of_the_specification() -> None:
    below = hashed(f"{hashed(BASE.tar)} {hashed(PATCH.tar)}".encode())
    assert Image((BASE,)).chain_id == hashed(BASE.tar)
    assert Image((BASE, PATCH)).chain_id == below
    assert Image((BASE, PATCH, OTHER)).chain_id == hashed(f"{below} {hashed(OTHER.tar)}".encode())


@given(files)
@settings(derandomize=True, deadline=None)
def test_any_tar_reads_a_layer_and_finds_no_clock_and_no_owner(wanted: dict[str, bytes]) -> None:
    with tarfile.open(fileobj=BytesIO(Layer(tuple(wanted.items())).tar)) as archive:
        entries = archive.getmembers()
        files = {entry.name: archive.extractfile(entry) for entry in entries}
        found = {name: file.read() for name, file in files.items() if file}
    assert found == wanted
    assert {(entry.mtime, entry.uid, entry.gid, entry.uname) for entry in entries} == {(0, 0, 0, "")}


def test_an_archive_ends_with_two_empty_blocks() -> None:
    assert len(OTHER.tar) == 512 + 512 + 1024  # header, content, end
    assert OTHER.tar.endswith(bytes(1024))


@given(files, st.data())
@settings(derandomize=True, deadline=None)
def test_one_changed_byte_changes_every_name_above_it(wanted: dict[str, bytes], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(wanted)))
    at = data.draw(st.integers(0, len(wanted[path]) - 1))
    changed = bytearray(wanted[path])
    changed[at] ^= data.draw(st.integers(1, 255))
    before, after = (Layer(tuple(each.items())) for each in (wanted, {**wanted, path: bytes(changed)}))
    assert before.digest != after.digest
    assert Image((before, OTHER)).digest != Image((after, OTHER)).digest
    assert Image((before, OTHER)).chain_id != Image((after, OTHER)).chain_id


@given(files)
@settings(derandomize=True, deadline=None)
def test_the_order_in_which_files_are_named_does_not_matter(wanted: dict[str, bytes]) -> None:
    there, back = list(wanted.items()), list(reversed(wanted.items()))
    assert Layer(tuple(there)).digest == Layer(tuple(back)).digest


def test_the_order_of_the_layers_matters() -> None:
    assert Image((BASE, PATCH)).digest != Image((PATCH, BASE)).digest
    assert Image((BASE, PATCH)).chain_id != Image((PATCH, BASE)).chain_id


def test_everything_that_an_image_refers_to_is_among_its_blobs() -> None:
    image = Image((BASE, PATCH))
    assert all(name == hashed(blob) for name, blob in image.blobs.items())
    manifest = json.loads(image.blobs[image.digest])
    for descriptor in (manifest["config"], *manifest["layers"]):
        assert len(image.blobs[descriptor["digest"]]) == descriptor["size"]


def test_images_share_the_layers_that_they_have_in_common() -> None:
    first, second = Image((BASE, PATCH)), Image((BASE, OTHER))
    assert first.blobs.keys() & second.blobs.keys() == {BASE.digest}
    assert len({**first.blobs, **second.blobs}) == 7  # 2 manifests, 2 configurations, 3 layers


def test_a_descriptor_says_what_it_refers_to() -> None:
    empty = Descriptor("application/vnd.oci.empty.v1+json", hashed(b"{}"), 2)
    assert empty.plain["digest"].endswith("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")


@pytest.mark.parametrize(
    "wrong",
    [
        ("/etc/motd", b""),
        ("", b""),
        ("a/../b", b""),
        ("a/", b""),
        ("./a", b""),
        ("a" * 101, b""),
        ("a", "text"),
    ],
)
def test_what_is_no_file_is_refused(wrong: Any) -> None:
    with pytest.raises(KnobError, match=r"^Layer.files: .* for example"):
        Layer((wrong,))


def test_a_path_that_is_named_twice_is_refused() -> None:
    with pytest.raises(KnobError, match="one path twice"):
        Layer((("a", b"1"), ("a", b"2")))


def test_an_image_without_layers_is_refused() -> None:
    with pytest.raises(KnobError, match=r"^Image.layers: .* at least one layer"):
        Image(())
