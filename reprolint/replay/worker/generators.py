"""`torch.Generator` as users may subclass and test for it, with one argument seen on the way."""

from __future__ import annotations

from typing import Any, Callable


def replace(torch: Any, device: Callable[[Any], Any], seed: Callable[[int], int]) -> None:
    """Replace `torch.Generator`: `device` maps the device it is made for, `seed` the value given to `manual_seed`."""
    base: Any = torch.Generator
    native = torch._C.Generator

    class _Meta(type(base)):  # type: ignore[misc]
        # Generators that torch itself makes are instances of the native class only.
        def __instancecheck__(cls, value: Any) -> bool:
            return isinstance(value, native)

    class Generator(base, metaclass=_Meta):  # type: ignore[misc]
        def __new__(cls, device_: Any = "cpu", **given: Any) -> Any:
            return super().__new__(cls, device(given.get("device", device_)))

        def __init__(self, *args: Any, **given: Any) -> None:
            super().__init__()

        def manual_seed(self, value: int) -> Any:
            return super().manual_seed(seed(value))

    Generator.__module__ = "torch"
    torch.Generator = Generator
