"""Expressions of a user's rule: from text to a list of steps in postfix order.

The text is parsed by Python's `ast` and nothing of it is ever run: every node must be on the list
below, everything else is refused by its name.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import _checks
from .._types import Floats

Step: TypeAlias = tuple[str, float]
"""The name of an operation, and a constant or the index of a variable where it is one."""

LONGEST_TEXT = 2000
MOST_STEPS = 500

FUNCTIONS = {"abs": 1, "exp": 1, "log": 1, "sqrt": 1, "min": 2, "max": 2, "where": 3}
"""By name, how many arguments each takes; `min` and `max` take more as well."""

_OPERATIONS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_ALLOWED = "+, -, *, /, **, comparisons, " + ", ".join(FUNCTIONS)


def compiled(
    name: str, text: object, variables: Sequence[str], parameters: Mapping[str, float]
) -> tuple[Step, ...]:
    """Return the steps of an expression.

    Parameters
    ----------
    name : str
        What the text is, for messages.
    text : str
    variables : sequence of str
        Steps name them by their index.
    parameters : mapping of str to float
        Constants.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be text, got {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{name} must have at most {LONGEST_TEXT} characters, got {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        steps = tuple(_Compiler(name, text, variables, parameters).steps(tree))
    except (SyntaxError, MemoryError, RecursionError) as error:
        shown = text if len(text) <= 80 else text[:77] + "..."
        raise ValueError(f"{name} is no expression that can be read: {shown!r}") from error
    if len(steps) > MOST_STEPS:
        raise ValueError(f"{name} must have at most {MOST_STEPS} steps, got {len(steps)}")
    return steps


class _Compiler:
    def __init__(
        self, name: str, text: str, variables: Sequence[str], parameters: Mapping[str, float]
    ) -> None:
        self.name, self.text = name, text.strip()
        self.variables, self.parameters = list(variables), parameters

    def steps(self, node: ast.expr) -> list[Step]:
        match node:
            case ast.Constant(value=bool() | complex()):
                pass
            case ast.Constant(value=int() | float() as value):
                return [("constant", self._finite(value, node))]
            case ast.Name(id=name):
                return [self._named(name)]
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.steps(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._folded("negative", [self.steps(operand)], node)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                both = [self.steps(left), self.steps(right)]
                return self._folded(_OPERATIONS[type(op)], both, node)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATIONS:
                both = [self.steps(left), self.steps(right)]
                return self._folded(_OPERATIONS[type(op)], both, node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return self._called(name, args, node)
        token = ast.get_source_segment(self.text, node) or self.text
        token = token if len(token) <= 60 else token[:57] + "..."
        raise ValueError(f"{self.name} may have {_ALLOWED}, and not {token!r}")

    def _named(self, name: str) -> Step:
        if name in self.parameters and name != "eta":
            return ("constant", self.parameters[name])
        if name in self.variables:
            return ("variable", float(self.variables.index(name)))
        known = [*self.variables, *self.parameters, *FUNCTIONS]
        message = _checks.unknown("trace, parameter or function", name, dict.fromkeys(known))
        raise ValueError(f"{self.name}: {message}")

    def _called(self, name: str, args: list[ast.expr], node: ast.expr) -> list[Step]:
        n = FUNCTIONS[name]
        if len(args) != n and not (name in ("min", "max") and len(args) > n):
            raise ValueError(f"{self.name}: {name} takes {n} arguments, got {len(args)}")
        operands = [self.steps(arg) for arg in args]
        while len(operands) > n:
            operands[:2] = [self._folded(name, operands[:2], node)]
        return self._folded(name, operands, node)

    def _folded(self, operation: str, operands: list[list[Step]], node: ast.expr) -> list[Step]:
        """Return an operation after its operands, or its result where they are constants."""
        steps = [step for operand in operands for step in operand] + [(operation, 0.0)]
        if all(len(operand) == 1 and operand[0][0] == "constant" for operand in operands):
            return [("constant", self._finite(float(evaluated(steps, [])), node))]
        return steps

    def _finite(self, value: float, node: ast.expr) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            token = ast.get_source_segment(self.text, node)
            raise ValueError(f"{self.name} has no finite value in {token!r}: {number}")
        return number


_BY_NUMPY = {
    "negative": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": np.power,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "min": np.minimum,
    "max": np.maximum,
}


def evaluated(steps: Sequence[Step], variables: Sequence[ArrayLike]) -> Floats:
    """Return the value of an expression of arrays; what is no number is NaN or infinite."""
    stack: list[Floats] = []
    with np.errstate(all="ignore"):
        for operation, number in steps:
            if operation == "constant":
                stack.append(np.asarray(number, dtype=np.float64))
            elif operation == "variable":
                stack.append(np.asarray(variables[int(number)], dtype=np.float64))
            elif operation == "where":
                condition, a, b = stack[-3:]
                stack[-3:] = [np.where(condition != 0.0, a, b)]
            else:
                n = FUNCTIONS.get(operation, 1 if operation == "negative" else 2)
                result = _BY_NUMPY[operation](*stack[-n:])
                stack[-n:] = [np.asarray(result, dtype=np.float64)]
    (value,) = stack
    return value
