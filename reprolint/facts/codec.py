"""Dataclasses to JSON text and back: for any shape made of dataclasses, tuples, mappings, unions and plain values.

A dataclass is the list of its fields, so the text is small and reading it runs nothing; among several classes of a
union the position of the class comes first. The shape itself is not in the text: whoever stores it keys it by version.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Generic, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Convert = Callable[[Any], Any]
_PLAIN = (str, int, float, bool, type(None))


class Damaged(ValueError):
    """A text that does not have the expected shape."""


class Codec(Generic[T]):
    """Writes and reads values of one shape."""

    def __init__(self, shape: type[T]) -> None:
        builder = _Builder()
        self._pack, self._unpack = builder.converters(shape)

    def encode(self, value: T) -> str:
        """The value as one line of ASCII."""
        return json.dumps(self._pack(value), separators=(",", ":"))

    def decode(self, text: str) -> T:
        """The value again; raise `Damaged` when the text does not fit."""
        try:
            return cast(T, self._unpack(json.loads(text)))
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError) as error:
            raise Damaged(str(error)) from None


class _Builder:
    """Composes converters once per class, so that the hot path looks nothing up."""

    def __init__(self) -> None:
        self.packers: dict[type, Convert] = {}
        self.unpackers: dict[type, Convert] = {}

    def converters(self, shape: Any) -> tuple[Convert, Convert]:
        origin = get_origin(shape)
        if is_dataclass(shape):
            return self._record(cast(type, shape))
        if shape in _PLAIN or origin is Literal:
            return _same, _same
        if origin is tuple:
            return self._tuple(get_args(shape))
        if origin is Union or origin is types.UnionType:
            return self._union(get_args(shape))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            pack, unpack = self.converters(get_args(shape)[1])
            return (
                lambda value: {key: pack(item) for key, item in value.items()},
                lambda data: {key: unpack(item) for key, item in data.items()},
            )
        raise TypeError(f"{shape} cannot be stored")

    def _record(self, shape: type) -> tuple[Convert, Convert]:
        if shape not in self.packers:
            parts: list[tuple[str, Convert, Convert]] = []
            # Registered before its fields are visited: shapes may contain themselves.
            self.packers[shape] = lambda value: [pack(getattr(value, name)) for name, pack, _ in parts]
            self.unpackers[shape] = lambda data: shape(*[unpack(item) for (_, _, unpack), item in _pairs(parts, data)])
            hints = get_type_hints(shape)
            for item in fields(shape):
                parts.append((item.name, *self.converters(hints[item.name])))
            if all(unpack is _same for _, _, unpack in parts):
                names = tuple(name for name, _, _ in parts)
                self.packers[shape] = lambda value: [getattr(value, name) for name in names]
                self.unpackers[shape] = lambda data: shape(*data)
        return self.packers[shape], self.unpackers[shape]

    def _tuple(self, members: tuple[Any, ...]) -> tuple[Convert, Convert]:
        if len(members) == 2 and members[1] is Ellipsis:
            pack, unpack = self.converters(members[0])
            if unpack is _same:
                return list, tuple
            return lambda value: [pack(item) for item in value], lambda data: tuple([unpack(item) for item in data])
        pairs = [self.converters(member) for member in members]
        return (
            lambda value: [pack(item) for (pack, _), item in zip(pairs, value, strict=True)],
            lambda data: tuple([unpack(item) for (_, unpack), item in zip(pairs, data, strict=True)]),
        )

    def _union(self, members: tuple[Any, ...]) -> tuple[Convert, Convert]:
        classes = [member for member in members if is_dataclass(member)]
        compound = [member for member in members if member not in classes and member not in _PLAIN]
        if not classes and len(compound) == 1:
            pack, unpack = self.converters(compound[0])
            return (
                lambda value: None if value is None else pack(value),
                lambda data: None if data is None else unpack(data),
            )
        for member in classes:
            self._record(cast(type, member))
        packers = self.packers
        readers = [self.unpackers[cast(type, member)] for member in classes]
        numbers: dict[type, int] = {cast(type, member): number for number, member in enumerate(classes)}

        def write(value: Any) -> Any:
            number = numbers.get(value.__class__)
            return value if number is None else [number, packers[value.__class__](value)]

        def read(data: Any) -> Any:
            return readers[data[0]](data[1]) if data.__class__ is list else data

        return write, read


def _pairs(parts: list[tuple[str, Convert, Convert]], data: Any) -> Any:
    return zip(parts, data, strict=True)


def _same(value: Any) -> Any:
    return value
