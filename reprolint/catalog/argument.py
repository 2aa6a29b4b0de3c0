"""Arguments of calls, as knowledge speaks of them."""

from __future__ import annotations

from dataclasses import dataclass

from reprolint.core.value import Scalar

REQUIRED = "<required>"


@dataclass(frozen=True, slots=True)
class Argument:
    """Where a call takes something: by keyword `name`, or as positional argument number `position` (from 0).

    `default` is the value when the call does not give it; `<required>` when there is none.
    """

    name: str
    position: int | None = None
    default: Scalar = REQUIRED


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests of one argument; all that are given must hold. An unknown value makes all but the first undecided.

    `given`: whether it is passed at all (None counts as not). `type`: the class it is an instance of. `kind`: what is
    known of it from the calls that made it; unknown counts as not.
    `one-of`, `none-of`: its value, the default when it is not passed.
    """

    argument: str
    position: int | None = None
    default: Scalar = REQUIRED
    given: bool | None = None
    type: str = ""
    kind: str = ""
    one_of: tuple[Scalar, ...] = ()
    none_of: tuple[Scalar, ...] = ()
