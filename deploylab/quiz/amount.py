"""Numbers as people write them, read exactly, and fractions as people read them."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from deploylab.model.errors import QuizError

_GAPS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 10 000
_NUMBER = re.compile(r"([+-]?)(\d{1,200}(?:\.\d{0,200})?|\.\d{1,200})(?:[eE]([+-]?\d{1,3}))?")
_DECIMAL = re.compile(r"[+-]?(?:0?,\d+|\d{4,},\d+|\d+,(?:\d{1,2}|\d{4,}))")  # no thousands
_SIGNS = str.maketrans("−٫", "-.")
_RATIO = re.compile(r"([+-]?\d{1,9})\s*/\s*(\d{1,9})")


COUNTED = re.compile(r"[a-z-]{3,}s|s|ms|min|h")  # of things and of time
_SAME_UNIT = tuple(
    names.split(", ")
    for names in (
        "ms, msec, msecs, millisecond, milliseconds", "s, sec, secs, second, seconds",
        "min, mins, minute, minutes", "h, hr, hrs, hour, hours", "d, day, days", "%, percent, per cent",
    )
)  # fmt: skip


def number(text: str, decimal_comma: bool = False) -> Fraction:
    """The exact value of a number in digits; a comma is refused unless it is the decimal mark.

    >>> number("1.5e3"), number("−0.25"), number("10 000"), number("3,5", decimal_comma=True)
    (Fraction(1500, 1), Fraction(-1, 4), Fraction(10000, 1), Fraction(7, 2))
    >>> number("1,234")
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: '1,234' has a comma; write 1234 or 1.234, whichever you mean
    """
    plain = _plain(text)
    if "," in plain and decimal_comma and plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    elif re.fullmatch(r"[\d.,+-]+", plain) and "," in plain:
        joined, pointed = plain.replace(",", ""), plain.replace(",", ".", 1)
        raise QuizError(f"{text[:40]!r} has a comma; write {joined} or {pointed}, whichever you mean")
    if not (found := _NUMBER.fullmatch(plain)) or not plain.isascii():
        raise QuizError(
            f"{text[:40]!r} is not a number; write digits, for example 12, 0.5 or 1e3, and no calculation"
        )
    sign, digits, exponent = found.groups()
    return Fraction(sign + digits) * Fraction(10) ** int(exponent or 0)


def ratio(text: str) -> Fraction:
    """A share such as 0.5 or 1/3, exactly.

    >>> ratio("1/3"), ratio("-0.5")
    (Fraction(1, 3), Fraction(-1, 2))
    """
    if found := _RATIO.fullmatch(text.strip()):
        above, below = map(int, found.groups())
        if below:
            return Fraction(above, below)
    return number(text)


def quantity(text: str, unit: str, units: tuple[tuple[str, str], ...], decimal_comma: bool) -> Fraction:
    """A number with or without its unit, in `unit`; `units` are others, each with what one of it is worth.

    A comma that can part no thousands is the decimal mark: a phone may offer no other. Units of time and the
    percent may be spelled out.

    >>> quantity("43,2", "s", (), False), quantity("0,125 min", "s", (("min", "60"),), False)
    (Fraction(216, 5), Fraction(15, 2))
    >>> quantity("2 min", "s", (("min", "60"),), False), quantity("90", "s", (), False)
    (Fraction(120, 1), Fraction(90, 1))
    >>> quantity("2 minutes", "s", (("min", "60"),), False), quantity("٢٤٠ seconds", "s", (), False)
    (Fraction(120, 1), Fraction(240, 1))
    >>> quantity("3 apples", "s", (("min", "60"),), False)
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: '3 apples' is not a number of s, min; write digits, for example 12 s
    """
    worth = {unit: Fraction(1)} | {name: ratio(factor) for name, factor in units}
    spelled = {
        other: worth[name] for name in worth for names in _SAME_UNIT if name in names for other in names
    }
    spelled |= worth
    words = text.strip()
    for name in sorted(filter(None, spelled), key=len, reverse=True):
        before = words.removesuffix(name).rstrip()
        if before != words and before[-1:].isdigit() | (before[-1:] in ".,"):
            return _typed(before, decimal_comma) * spelled[name]
    if unit and not re.fullmatch(r"[\d\s.,٫+−eE-]+", words):
        raise QuizError(
            f"{words[:40]!r} is not a number of {', '.join(worth)}; write digits, for example 12 {unit}"
        )
    return _typed(words, decimal_comma)


def _typed(text: str, decimal_comma: bool) -> Fraction:
    return number(text, decimal_comma or _DECIMAL.fullmatch(_plain(text)) is not None)


def _plain(text: str) -> str:
    """Without the gaps between thousands, and in the digits and signs of ASCII, whatever script it is in."""
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text.strip())
    return _GAPS.sub("", "".join(digits).translate(_SIGNS))


def significant(value: Fraction, figures: int) -> Fraction:
    """A number rounded to so many significant figures, half away from zero.

    >>> significant(Fraction("0.012345"), 3), significant(Fraction(-2, 3), 2)
    (Fraction(123, 10000), Fraction(-67, 100))
    """
    if not value:
        return value
    size, place = abs(value), 0
    while size >= Fraction(10) ** (place + 1):
        place += 1
    while size < Fraction(10) ** place:
        place -= 1
    step = Fraction(10) ** (place - figures + 1)
    rounded = (size / step + Fraction(1, 2)).__floor__() * step
    return rounded if value > 0 else -rounded


def decimal(value: Fraction) -> str:
    """A number in digits: all of them when they end, else twelve significant ones.

    >>> decimal(Fraction(3, 4)), decimal(Fraction(2, 3)), decimal(Fraction(1500))
    ('0.75', '0.666666666667', '1500')
    """
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    shown = value if rest == 1 else significant(value, 12)
    places = 0
    while shown.denominator > 1 and (shown * 10**places).denominator != 1:
        places += 1
    digits = f"{int(abs(shown) * 10**places):0{places + 1}d}"
    whole = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{whole}" if shown < 0 else whole


def rounded(value: Fraction) -> str:
    """To two decimals, half up: a gradebook adds up what a page only tells.

    >>> rounded(Fraction(500, 9)), rounded(Fraction(1, 3)), rounded(Fraction(-1, 2))
    ('55.56', '0.33', '-0.5')
    """
    return tell(Fraction((100 * value + Fraction(1, 2)).__floor__(), 100))


def tell(value: Fraction | int, places: int = 2) -> str:
    """A decimal, rounded half up, but never to a whole number that it misses: 59.96 % is no 60 %.

    Nor is a part of a point told as nothing.

    >>> tell(Fraction(700, 18), 1), tell(Fraction(-3, 2)), tell(Fraction(5996, 100), 1), tell(2)
    ('38.9', '-1.5', '59.9', '2')
    >>> tell(Fraction(1, 1000)), tell(Fraction(99_999, 1000))
    ('0.01', '99.99')
    """
    exact, one = abs(value) * 10**places, 10**places
    steps = int(exact + Fraction(1, 2))
    if exact and (not steps or (steps > exact and steps % one == 0)):
        steps += -1 if steps else 1
    whole, rest = divmod(steps, one)
    words = f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")
    return f"-{words}" if value < 0 and words != "0" else words
