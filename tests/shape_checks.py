"""Checks the shapes of signatures while tests run: what jaxtyping calls for every function of slviz.

Shapes alone: how many axes an array has, and that an axis of one name has one length within a call. What kind of
numbers it holds is not asked, since tests hand over NumPy's own float64 as a person in a notebook does.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from jaxtyping import AbstractArray, Shaped


def shapes_checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, raising `TypeError` where an argument or its result has another shape than the signature says."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return function
    shapes = {
        name: found for name, each in signature.parameters.items() if (found := _shape(each.annotation, function))
    }
    result = _shape(signature.return_annotation, function)
    if not shapes and result is None:
        return function

    @functools.wraps(function)
    def checked(*arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        for name, value in bound.arguments.items():
            if name in shapes and not _fits(value, shapes[name]):
                raise TypeError(f"{name} is no {shapes[name]}: {_told(value)}")
        returned = function(*arguments, **named)
        if result is not None and not _fits(returned, result):
            raise TypeError(f"the result is no {result}: {_told(returned)}")
        return returned

    return checked


def _shape(annotation: Any, function: Callable[..., Any]) -> Any:
    """The annotation where it says a shape, alone or as one of several things; else None."""
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, getattr(function, "__globals__", {}))
        except Exception:  # a name that only the type checker imports
            return None
    alternatives = _alternatives(annotation)
    if not any(_is_array(each) for each in alternatives):
        return None
    of_any_dtype = tuple(Shaped[each.array_type, each.dim_str] if _is_array(each) else each for each in alternatives)
    return typing.Union[of_any_dtype]  # noqa: UP007


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _is_array(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, AbstractArray)


def _fits(value: Any, annotation: Any) -> bool:
    """Whether a value is one of the alternatives; what is no array is not evaluated where others are allowed."""
    alternatives = _alternatives(annotation)
    if any(_is_array(each) and isinstance(value, each) for each in alternatives):
        return True
    others = [each for each in alternatives if not _is_array(each)]
    return bool(others) and not hasattr(value, "shape")


def _told(value: Any) -> str:
    return f"{type(value).__name__} {getattr(value, 'dtype', '')} {getattr(value, 'shape', '')}"
