"""A run in a file, and back: docs/saved-run.md describes it, so that others can read it too.

The file is a zip archive of numpy arrays (what numpy.load opens without pickle) and one JSON header.
Nothing in it is compressed and nothing is executed, so reading never takes more memory than the file is
long, whoever wrote it.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from .errors import DeploylabError, RunFileError
from .plain import UnreadableError, from_plain, to_plain
from .record import AccessLog, Status
from .run import Run
from .whole import whole_file

FORMAT, VERSION = "deploylab run", 1
HEADER = "header.json"
LATENCIES = "latencies.npy"  # those of all observations, one after the other


def save(run: Run, path: str | os.PathLike[str]) -> None:
    """Write the run into a file, which is there as a whole or not at all."""
    names = {
        id(getattr(log, f.name)): f"{name}.{f.name}.npy"
        for name, log in (("log", run.log), ("mirrored", run.mirrored))
        for f in fields(log)
    }
    columns, latencies = dict[str, NDArray[Any]](), [np.empty(0, np.int64)]

    def keep(array: NDArray[Any]) -> str | list[int]:
        if name := names.get(id(array)):
            columns[name] = array
            return name
        latencies.append(array)
        return [sum(map(len, latencies[:-1])), len(array)]

    header = {"format": FORMAT, "version": VERSION, "deploylab": _our_version(), "run": to_plain(run, keep)}
    arrays = {**columns, LATENCIES: np.concatenate(latencies)}
    target = Path(path)
    try:
        _write(target, json.dumps(header, allow_nan=False).encode(), arrays)
    except OSError as problem:
        _refuse(target, f"cannot be written ({problem.strerror})", "try another folder", problem)


def load(path: str | os.PathLike[str]) -> Run:
    """Read a run from a file; raises `RunFileError` for anything that is not one, and nothing else."""
    if not isinstance(path, str | os.PathLike):
        raise RunFileError(f"{path!r} is no path; give the one that Run.save wrote to")
    source = Path(path)
    try:
        members = _read(source)
        header = json.loads(members.pop(HEADER), parse_constant=_no_number)
        _check_version(header)
        return _run(header["run"], members)
    except OSError as problem:
        _refuse(source, f"cannot be read ({problem.strerror or problem})", "look at the path", problem)
    except _NewerError as problem:
        _refuse(source, str(problem), "upgrade it: pip install --upgrade deploylab", problem)
    except (UnreadableError, DeploylabError) as problem:
        _refuse(source, f"is not what Run.save writes: {problem}", "save the run anew", problem)
    except Exception as problem:  # a damaged archive makes its readers stumble in a dozen ways
        _refuse(source, "is no saved run, or a damaged one", "save it anew with Run.save(path)", problem)


class _NewerError(Exception):
    """The file is of a later version of the format."""


def _write(target: Path, header: bytes, arrays: dict[str, NDArray[Any]]) -> None:
    with whole_file(target) as file, ZipFile(file, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(HEADER), header)
        for name, array in arrays.items():
            with archive.open(ZipInfo(name), "w", force_zip64=True) as member:
                little = array.astype(array.dtype.newbyteorder("<"), copy=False)
                np.lib.format.write_array(member, little, (1, 0), allow_pickle=False)


def _our_version() -> str:
    try:
        return version("deploylab")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"


def _read(source: Path) -> dict[str, bytes]:
    """The members of the archive; as none may be compressed, together they are no longer than the file."""
    if source.exists() and not source.is_file() and not source.is_dir():
        raise UnreadableError("it is a device or a pipe, which may never end")
    with ZipFile(source) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if HEADER not in names:
            raise UnreadableError(f"it holds no {HEADER}")
        if len(set(names)) < len(names):
            raise UnreadableError("two of its members have one name")
        if any(member.compress_type != ZIP_STORED for member in members):
            raise UnreadableError("it is compressed")
        if sum(member.file_size for member in members) > source.stat().st_size:
            raise UnreadableError("its members are said to be longer than the file")
        return {name: archive.read(name) for name in names}


def _check_version(header: Any) -> None:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise UnreadableError(f"its header does not say {FORMAT!r}")
    number = header.get("version")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UnreadableError(f"its version is {number!r}, which is no whole number from 1")
    if number > VERSION:
        raise _NewerError(
            f"has version {number} of the format, written by deploylab {header.get('deploylab')}; "
            f"this deploylab reads versions up to {VERSION}"
        )


def _run(plain: Any, members: dict[str, bytes]) -> Run:
    """The run, each of whose arrays is a member by name or a piece of the latencies."""
    latencies, used = _array(members, LATENCIES, np.int64), {LATENCIES}

    def fetch(place: Any, dtype: type[np.generic]) -> NDArray[Any]:
        if isinstance(place, str):
            used.add(place)
            return _array(members, place, dtype)
        start, length = place if isinstance(place, list) and len(place) == 2 else (-1, -1)
        if not (type(start) is type(length) is int and 0 <= start <= start + length <= len(latencies)):
            raise UnreadableError(f"{place!r} is no place among the {len(latencies)} latencies")
        return latencies[start : start + length]

    run: Run = from_plain(Run, plain, fetch, "run")
    if extra := sorted(members.keys() - used):
        raise UnreadableError(f"it also holds {extra[0]!r}")
    _check(run)
    return run


def _array(members: dict[str, bytes], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    """One array of numpy's format 1.0: ten bytes, a header of that length, and the values.

    numpy's own reader would first make room for as much as the header claims. Here the length is what is
    there, and the header must say just that.
    """
    data = members.get(name, b"")
    start = 10 + int.from_bytes(data[8:10], "little")
    little = np.dtype(dtype).newbyteorder("<")
    length, rest = divmod(len(data) - start, little.itemsize)
    claims = f"{{'descr': {little.str!r}, 'fortran_order': False, 'shape': ({length},), }}"
    if data[:8] != b"\x93NUMPY\x01\x00" or data[10:start].strip() != claims.encode() or rest:
        raise UnreadableError(f"{name!r} is no row of {np.dtype(dtype).name} as numpy writes it")
    values = np.frombuffer(data, little, length, start)
    return values.astype(dtype, copy=False)


def _check(run: Run) -> None:
    """What the types alone do not say, and everybody who reads a run relies upon."""
    versions = {instance.version for instance in run.instances}
    rules = {
        "it has no steps": bool(run.steps),
        "an instance is of an unknown version": versions <= {*run.scenario.versions},
        "its end is no time": run.end > 0,
    }
    broken = [words for words, holds in rules.items() if not holds]
    for log in (run.log, run.mirrored):
        if len({len(getattr(log, f.name)) for f in fields(log)}) > 1:
            broken.append("its columns are of different lengths")
        elif len(log) and not broken:
            broken += [words for words, holds in _log_rules(run, log).items() if not holds]
    if broken:
        raise UnreadableError(broken[0])


def _log_rules(run: Run, log: AccessLog) -> dict[str, bool]:
    def within(column: NDArray[Any], least: int, below: int) -> bool:
        return bool(column.min() >= least and column.max() < below)

    return {
        "its requests are not in the order of time": bool((np.diff(log.time, prepend=0) >= 0).all()),
        "a request is of an unknown user": within(log.user, 0, run.scenario.traffic.users),
        "a status is none": within(log.status, 0, len(Status)),
        "a latency is negative": bool(log.latency.min() >= 0),
        "a request has an unknown version": within(log.version, -1, len(run.scenario.versions)),
        "a request has an unknown instance": within(log.instance, -1, len(run.instances)),
    }


def _no_number(word: str) -> NoReturn:
    raise UnreadableError(f"{word} is no number")


def _refuse(path: Path, problem: str, advice: str, cause: Exception) -> NoReturn:
    raise RunFileError(f"{str(path)!r} {problem}; {advice}") from cause
