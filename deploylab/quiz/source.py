"""The files of a quiz, read no further than is allowed: a device or a pipe would never end."""

from __future__ import annotations

from pathlib import Path

from deploylab.model.errors import QuizError

LIMIT = 256 * 1024  # bytes: room for some 200 questions


def read_bytes(path: Path, limit: int = LIMIT) -> bytes:
    """The content of a file, which is refused when it is larger or none."""
    try:
        if path.exists() and not path.is_file():
            reason = "this is not a file; give the path of a quiz, for example quizzes/my-quiz.yaml"
            raise QuizError(f"{path}: {reason}")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except QuizError:
        raise
    except FileNotFoundError:
        raise QuizError(f"{path}: there is no such file; check the name and the folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise QuizError(
            f"{path}: the file cannot be read ({reason}); check its name and its permissions"
        ) from None
    if len(data) > limit:
        raise QuizError(f"{path}: the file is larger than {limit // 1024} KiB; split it into several")
    return data
