"""A saved run is the run; and no file, whoever wrote it, does more than be refused in one sentence."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from math import inf
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploylab.engine.rollout import roll_out
from deploylab.engine.sweep import FIGURES
from deploylab.model import storage
from deploylab.model.errors import RunFileError
from deploylab.model.plain import UnreadableError, from_plain, to_plain
from deploylab.model.record import AccessLog
from deploylab.model.rollout import Observation, Step, Strategy
from deploylab.model.run import Run
from deploylab.model.scenario import Scenario, Traffic
from deploylab.model.version import Version
from deploylab.patterns.canary import Canary
from deploylab.patterns.rolling import Rolling
from deploylab.views.comparison import compare
from deploylab.views.describe import describe
from deploylab.views.stage import stage

from ..engine.worlds import columns, patterns, plain, scenarios, script

OURS = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def run() -> Run:
    scenario = Scenario(
        candidate=Version("v2", error_rate=0.2), replicas=2, traffic=Traffic(rate=5), duration=30
    )
    return roll_out(Rolling(batch_size=1), scenario)


@pytest.fixture(scope="module")
def saved(run: Run, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "run.npz"
    run.save(path)
    return path.read_bytes()


# There and back


@given(scenarios(), patterns())
@OURS
def test_a_loaded_run_is_the_run(tmp_path: Path, scenario: Scenario, pattern: Strategy) -> None:
    original = roll_out(pattern, scenario)
    original.save(tmp_path / "run.npz")
    loaded = Run.load(tmp_path / "run.npz")
    assert columns(loaded.log) == columns(original.log)
    assert columns(loaded.mirrored) == columns(original.mirrored)
    assert [(step, plain(seen)) for step, seen in loaded.steps] == [
        (step, plain(seen)) for step, seen in original.steps
    ]
    for field in fields(Run):
        if field.name not in ("log", "mirrored", "steps"):
            assert getattr(loaded, field.name) == getattr(original, field.name), field.name


def test_a_run_with_copies_and_an_endless_pause_is_saved_too(tmp_path: Path) -> None:
    pause = Step({"v1": 2, "v2": 1}, {"v1": 100}, mirror=50, hold=inf, heeds=True, found="v2 is good")
    original = roll_out(script(pause), Scenario(duration=60))
    original.save(tmp_path / "run.npz")
    loaded = Run.load(tmp_path / "run.npz")
    assert loaded.steps[0][0] == pause
    assert len(loaded.mirrored) > 100
    assert columns(loaded.mirrored) == columns(original.mirrored)


def test_figures_words_and_pictures_are_those_of_the_original(tmp_path: Path) -> None:
    original = roll_out(Canary(hold=20), Scenario(candidate=Version("v2", error_rate=0.05)))
    original.save(tmp_path / "run.npz")
    loaded = Run.load(tmp_path / "run.npz")
    assert [getattr(loaded, name) for name in FIGURES] == [getattr(original, name) for name in FIGURES]
    assert describe(loaded) == describe(original)
    assert loaded.summary == original.summary
    assert repr(compare([loaded])) == repr(compare([original]))
    assert stage(loaded, loaded).pack() == stage(original, original).pack()


def test_columns_keep_their_types(run: Run, saved: bytes, tmp_path: Path) -> None:
    loaded = load(tmp_path, saved)
    for field in fields(AccessLog):
        assert getattr(loaded.log, field.name).dtype == getattr(run.log, field.name).dtype
    assert loaded.steps[-1][1].latencies["v1"].dtype == np.int64


def test_numpy_reads_the_file_without_pickle(run: Run, saved: bytes) -> None:
    arrays = np.load(io.BytesIO(saved), allow_pickle=False)
    assert arrays["log.time"].tolist() == run.log.time.tolist()
    assert json.loads(arrays["header.json"])["run"]["outcome"] == run.outcome.value


def test_the_same_run_gives_the_same_bytes(run: Run, saved: bytes, tmp_path: Path) -> None:
    run.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == saved


def test_a_file_that_could_not_be_written_leaves_the_one_before_and_nothing_else(
    run: Run, saved: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "run.npz"
    path.write_bytes(saved)
    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(RunFileError, match=r"cannot be written .*No space left"):
        run.save(path)
    assert path.read_bytes() == saved
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", [3, None, b"run.npz", ["run.npz"]])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(RunFileError, match=r"is no path; give the one that Run\.save wrote to"):
        Run.load(path)


def test_what_never_ends_is_not_read() -> None:
    with pytest.raises(RunFileError, match="it is a device or a pipe"):
        Run.load(os.devnull)


def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match=r"nowhere.*cannot be written .*; try another folder"):
        run.save(tmp_path / "nowhere" / "run.npz")


# Fields that come later


@dataclass(frozen=True)
class Later:
    """A noun that has one field more than when the file was written."""

    time: float
    share: float = 0.5


@dataclass(frozen=True)
class Choice:
    """A field that holds one of several nouns."""

    fault: Later | Version | None


def test_a_field_that_an_older_file_lacks_has_its_default() -> None:
    assert from_plain(Later, {"kind": "Later", "time": 3}, np.array, "x") == Later(3)


def test_a_noun_of_several_is_known_by_its_name() -> None:
    for fault in (Later(1), Version("v2"), None):
        told = to_plain(Choice(fault), list)
        assert from_plain(Choice, told, np.array, "choice") == Choice(fault)
    with pytest.raises(UnreadableError, match=r"choice.fault.time is 'x', which is no float"):
        from_plain(Choice, {"kind": "Choice", "fault": {"kind": "Later", "time": "x"}}, np.array, "choice")


def test_numbers_of_numpy_become_plain_ones() -> None:
    told = to_plain(Later(np.float32(0.5), np.int64(3)), list)  # type: ignore[arg-type]
    assert json.dumps(told) == '{"kind": "Later", "time": 0.5, "share": 3}'


# Files that are not what Run.save writes


def load(folder: Path, data: bytes) -> Run:
    path = folder / "given.npz"
    path.write_bytes(data)
    return Run.load(path)


def repacked(saved: bytes, changed: dict[str, bytes | None], compression: int = ZIP_STORED) -> bytes:
    """The archive with some members replaced, added, or (None) left out."""
    with ZipFile(io.BytesIO(saved)) as archive:
        members: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    result = io.BytesIO()
    with ZipFile(result, "w", compression) as archive:
        for name, data in {**members, **changed}.items():
            if data is not None:
                archive.writestr(name, data)
    return result.getvalue()


def header_of(saved: bytes) -> dict[str, Any]:
    with ZipFile(io.BytesIO(saved)) as archive:
        return json.loads(archive.read("header.json"))  # type: ignore[no-any-return]


def an_array(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


HUGE = an_array(np.zeros(4, np.int64)).replace(b"(4,), }" + 11 * b" ", b"(4" + 11 * b"0" + b",), }")

DAMAGED = "is no saved run, or a damaged one; save it anew"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda _: b"", DAMAGED),
        (lambda _: b"time,user\n1,2\n", DAMAGED),
        (lambda saved: saved[: len(saved) // 2], DAMAGED),
        (lambda saved: repacked(saved, {}, ZIP_DEFLATED), "it is compressed"),
    ],
    ids=["empty", "text", "half of it", "compressed"],
)
def test_a_file_that_is_no_such_archive_is_refused(
    spoil: Callable[[bytes], bytes], message: str, saved: bytes, tmp_path: Path
) -> None:
    with pytest.raises(RunFileError, match=rf"given\.npz' .*{message}"):
        load(tmp_path, spoil(saved))


@pytest.mark.parametrize(
    ("member", "data", "message"),
    [
        ("header.json", None, "it holds no header.json"),
        ("header.json", b"{}", "its header does not say 'deploylab run'"),
        ("header.json", b"[" * 10**5, DAMAGED),
        ("log.time.npy", HUGE, "is no row of int64"),
        ("log.time.npy", an_array(np.zeros(4)), "is no row of int64"),
        ("log.time.npy", an_array(np.zeros((2, 2), np.int64)), "is no row of int64"),
        ("log.time.npy", an_array(np.array([{}])), "is no row of int64"),
        ("log.time.npy", an_array(np.zeros(4, np.int64)), "its columns are of different lengths"),
        ("log.user.npy", None, "is no row of uint32"),
        ("../../evil.npy", b"x", "it also holds '../../evil.npy'"),
    ],
)
def test_a_member_that_is_not_what_it_should_be_is_refused(
    member: str, data: bytes | None, message: str, saved: bytes, tmp_path: Path
) -> None:
    with pytest.raises(RunFileError, match=message):
        load(tmp_path, repacked(saved, {member: data}))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["format"], "x", "its header does not say 'deploylab run'"),
        (["version"], 2, "has version 2 of the format, .* reads versions up to 1; upgrade it"),
        (["version"], None, "its version is None"),
        (["run", "more"], 1, "run has 'more', a field that this deploylab does not know"),
        (["run", "end"], "soon", "run.end is 'soon', which is no float"),
        (["run", "end"], float("nan"), "NaN is no number"),
        (["run", "end"], -1, "its end is no time"),
        (["run", "steps"], [], "it has no steps"),
        (["run", "outcome"], "won", "run.outcome is 'won', which is no Outcome"),
        (["run", "scenario", "replicas"], -1, "Scenario.replicas: -1 is not allowed"),
        (["run", "instances", 0, "version"], "v9", "an instance is of an unknown version"),
        (["run", "steps", 0, 1, "latencies", "v1"], [0, 10**9], "is no place among"),
        (["run", "steps", 0, 1, "latencies", "v1"], [-1, 1], "is no place among"),
    ],
)
def test_a_header_that_says_the_impossible_is_refused(
    path: list[str | int], value: object, message: str, saved: bytes, tmp_path: Path
) -> None:
    header = spot = header_of(saved)
    for key in path[:-1]:
        spot = spot[key]  # type: ignore[index]
    spot[path[-1]] = value  # type: ignore[index]
    with pytest.raises(RunFileError, match=message):
        load(tmp_path, repacked(saved, {"header.json": json.dumps(header).encode()}))


def test_a_field_without_a_default_must_be_there(saved: bytes, tmp_path: Path) -> None:
    header = header_of(saved)
    del header["run"]["end"]
    with pytest.raises(RunFileError, match="run lacks 'end'"):
        load(tmp_path, repacked(saved, {"header.json": json.dumps(header).encode()}))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("time", -1, "not in the order of time"), ("status", 5, "a status is none"),
        ("latency", -1, "a latency is negative"), ("version", 2, "an unknown version"),
        ("instance", 10_000, "an unknown instance"), ("user", 2**32 - 1, "an unknown user"),
    ],
)  # fmt: skip
def test_a_column_with_an_impossible_value_is_refused(
    run: Run, tmp_path: Path, column: str, value: int, message: str
) -> None:
    values = getattr(run.log, column).copy()
    values[0] = value
    replace(run, log=replace(run.log, **{column: values})).save(tmp_path / "run.npz")
    with pytest.raises(RunFileError, match=message):
        Run.load(tmp_path / "run.npz")


def test_a_folder_is_no_saved_run(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="cannot be read"):
        Run.load(tmp_path)


def is_read_or_refused(folder: Path, data: bytes) -> None:
    with suppress(RunFileError):
        load(folder, data)


@given(st.data())
@settings(parent=OURS, max_examples=150)
def test_no_mutation_of_the_bytes_raises_anything_else(
    saved: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    spoilt = bytearray(saved)
    for _ in range(data.draw(st.integers(1, 3))):
        # The ends hold what a zip reader looks at first.
        place = data.draw(st.integers(0, 99) | st.integers(-900, -1) | st.integers(0, len(saved) - 1))
        spoilt[place] = data.draw(st.integers(0, 255))
    is_read_or_refused(tmp_path, bytes(spoilt))


@given(st.data())
@settings(parent=OURS, max_examples=60)
def test_no_truncation_raises_anything_else(saved: bytes, tmp_path: Path, data: st.DataObject) -> None:
    with pytest.raises(RunFileError):
        load(tmp_path, saved[: data.draw(st.integers(0, len(saved) - 1))])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
@settings(parent=OURS, max_examples=150)
def test_no_value_anywhere_in_the_header_raises_anything_else(
    saved: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    header = header_of(saved)
    spot: Any = header
    while True:
        key = data.draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if not (isinstance(spot[key], dict | list) and spot[key] and data.draw(st.integers(0, 4))):
            break
        spot = spot[key]
    spot[key] = data.draw(JSON)
    is_read_or_refused(tmp_path, repacked(saved, {"header.json": json.dumps(header).encode()}))


def test_an_observation_holds_its_own_latencies_again(run: Run, saved: bytes, tmp_path: Path) -> None:
    def told(seen: Observation) -> dict[str, list[int]]:
        return {name: times.tolist() for name, times in seen.latencies.items()}

    assert [told(seen) for _, seen in load(tmp_path, saved).steps] == [told(seen) for _, seen in run.steps]
