"""Arithmetic that an author writes into a quiz: exact, small, and unable to do anything but reckon.

Numbers are fractions, so 0.1 * 3 is 0.3 everywhere. What could run long or grow is refused: names other than
those given, attributes, calls of anything but a few functions, texts over 200 characters, numbers of over
4096 bits.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from deploylab.model.errors import QuizError

Value = Fraction | str
LENGTH, BITS = 200, 4096
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: lambda base, power: _power(base, power),
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_CALLS: dict[str, Callable[..., Any]] = {
    "abs": abs, "ceil": math.ceil, "floor": math.floor, "max": max, "min": min, "round": round,
}  # fmt: skip


def evaluate(text: str, names: Mapping[str, Value]) -> Value:
    """The value of an expression; a comparison is 1 when it holds and 0 when not.

    >>> evaluate("ceil(n * 0.25)", {"n": Fraction(3)})
    Fraction(1, 1)
    >>> evaluate("1 if 0 < hurt <= 20 else 0", {"hurt": Fraction(7)})
    Fraction(1, 1)
    >>> evaluate("m + 1", {"n": Fraction(3)})
    Traceback (most recent call last):
    deploylab.model.errors.QuizError: 'm + 1': there is no 'm' here; known are n
    """
    try:
        if len(text) > LENGTH:
            raise QuizError(f"an expression has at most {LENGTH} characters; split it up")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on style is not for the student's screen
            body = ast.parse(text.strip(), mode="eval").body
        return _value(body, names)
    except QuizError as error:
        raise QuizError(f"{text[:60]!r}: {error}") from None
    except (ArithmeticError, TypeError, ValueError) as error:
        raise QuizError(
            f"{text[:60]!r}: this cannot be reckoned ({error}); check the numbers in it"
        ) from None
    except (SyntaxError, MemoryError, RecursionError):
        raise QuizError(
            f"{text[:60]!r} is no arithmetic; write for example ceil(n * 0.25) or n == 2"
        ) from None


def _value(node: ast.expr, names: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=str() as words):
            return words
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(Fraction(str(number)))
        case ast.Name(id=name):
            if name not in names:
                raise QuizError(f"there is no {name!r} here; known are {', '.join(sorted(names)) or 'none'}")
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_number(inner, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_number(left, names), _number(right, names)))
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            values = [_value(one, names) for one in (left, *others)]
            steps = zip(ops, values, values[1:], strict=False)
            return Fraction(all(_COMPARE[type(op)](before, after) for op, before, after in steps))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _number(test, names) else other, names)
        case ast.Call(func=ast.Name(id=name), args=[_, *_] as arguments, keywords=[]) if name in _CALLS:
            return _bounded(Fraction(_CALLS[name](*(_number(one, names) for one in arguments))))
    allowed = f"numbers, names, + - * / // % **, comparisons, if else, {', '.join(_CALLS)}"
    raise QuizError(f"{ast.unparse(node)[:30]!r} is not allowed; allowed are {allowed}")


def _number(node: ast.expr, names: Mapping[str, Value]) -> Fraction:
    value = _value(node, names)
    if isinstance(value, str):
        raise QuizError(f"{value[:30]!r} is text; a number is needed")
    return value


def _power(base: Fraction, power: Fraction) -> Fraction:
    if power.denominator != 1 or abs(power) > 64:
        raise QuizError("the exponent of ** is a whole number from -64 to 64")
    return Fraction(base ** int(power))


def _bounded(value: Fraction | int) -> Fraction:
    value = Fraction(value)
    if value.numerator.bit_length() + value.denominator.bit_length() > BITS:
        raise QuizError("the numbers grow too large")
    return value
