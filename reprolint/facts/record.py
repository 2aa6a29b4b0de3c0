"""The facts of one file.

A body is a tuple of steps in the order in which they run. Only steps that can matter to streams, switches and
order are kept; a branch or loop without any is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, Union

from reprolint.core.place import Span
from reprolint.core.value import Const, Value
from reprolint.model.directives import Directive

NO_DEFAULT = Const("<no default>")
SPREAD = "**"


@dataclass(frozen=True, slots=True)
class Call:
    """A call: where its callee may lead (`?.name`: a method that only a training calls), and its arguments.

    open: `*args` or `**kwargs` hide some arguments; a keyword named `**` is what is spread
    statement: the span of the statement around it
    fallback: it stands in `x or call()` and its like
    quiet: no gradient is recorded here
    consumed: a loop goes through its result at once
    decorates: it is a decorator at work, and what it is given is only wrapped where the decorator is a library's
    purpose: what the name says that its result is bound to: a `label` of the run, a `seed`, for `evaluation`; a
        `split` where a part of what it shuffles is kept to test on
    order: what becomes of the order of its result, for calls that list files (see `facts.order`)
    """

    callee: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    open: bool
    span: Span
    statement: Span
    order: str = ""
    fallback: bool = False
    quiet: bool = False
    consumed: bool = False
    decorates: bool = False
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """An assignment to an attribute of something imported (`torch.backends.cudnn.benchmark = True`)."""

    target: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """An import statement: the module (with leading dots when relative) and the names taken from it."""

    module: str
    names: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Test:
    """The condition of a branch.

    `main` is the `__main__` guard; `none` tests whether `value` is None, `truthy` its truth, `compare` compares it
    with `constant` by `operator`, `all` and `any` join `parts`; `opaque` is anything else. `text` identifies equal
    conditions, `shown` is how the author wrote it where that is another; `interval` is true for what holds now and
    then (`step % 100 == 0`).
    """

    kind: Literal["main", "none", "truthy", "compare", "all", "any", "opaque"]
    text: str
    value: Value | None = None
    negated: bool = False
    operator: str = ""
    constant: Value | None = None
    parts: tuple[Test, ...] = ()
    shown: str = ""
    interval: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """Two alternatives."""

    test: Test
    body: tuple[Step, ...]
    orelse: tuple[Step, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Loop:
    """A body that runs repeatedly; `runs` is true when it surely runs at least once, `over` what a loop goes through
    where only linking can tell whether that is empty."""

    body: tuple[Step, ...]
    orelse: tuple[Step, ...]
    runs: bool
    over: Value | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """A `try` statement; every handler may start in the middle of the body."""

    body: tuple[Step, ...]
    handlers: tuple[tuple[Step, ...], ...]
    orelse: tuple[Step, ...]
    final: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Isolate:
    """A block at whose end the context manager `context` puts the state of streams back."""

    context: str
    body: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a path."""

    kind: Literal["return", "raise", "break", "continue"]


Step: TypeAlias = Union[Call, Assign, Import, Branch, Loop, Try, Isolate, Exit]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; `kind` is `plain`, `named`, `star` or `stars`; `annotation` is a path or empty; `option` is true
    when a command line gives it its value; `document` is the path of the configuration that it is given."""

    name: str
    default: Value
    annotation: str
    kind: str = "plain"
    option: bool = False
    document: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function, method or lambda. `name` is qualified (`Net.forward`), `owner` the class it belongs to."""

    name: str
    owner: str
    parameters: tuple[Parameter, ...]
    body: tuple[Step, ...]
    returns: tuple[Value, ...]
    span: Span
    is_generator: bool = False
    is_static: bool = False
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    """A class with its bases (paths) and what its attributes are set to anywhere in the class."""

    name: str
    bases: tuple[Value, ...]
    attributes: tuple[tuple[str, Value], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sight:
    """A place that is worth a look by itself: an expression whose order is arbitrary, a kernel that adds atomically, a
    sampler, whichever, that is told the number of the epoch.

    `effect` and `state` are what declarative rules match; `callee` is shown in messages. `around` is the loop that
    it governs.
    """

    effect: str
    state: str
    callee: str
    span: Span
    detail: str = ""
    around: Span | None = None


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A call that is given a random key: where its callee may lead, and by which parameter, a name or position.

    sure: a known call that uses the key up; otherwise linking tells whether it does
    method: a method of that name uses the key up, as far as the class of its receiver is not known
    folds: it folds something of its own into the key, so that only the same call gives the same numbers
    """

    callee: str
    parameter: str
    span: Span
    sure: bool = False
    method: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class KeyReuse:
    """A use of a key, called `name`, that was used before; `earlier` may be this use, in the last turn of a loop.

    `number` is the same for all such uses of one key. `remade`: it is another key, made from the same number.
    """

    name: str
    number: int
    earlier: tuple[KeyUse, ...]
    use: KeyUse
    remade: bool = False


@dataclass(frozen=True, slots=True)
class KeyParameter:
    """A parameter of a function that is given to a call which may use it up as a random key."""

    function: str
    parameter: str
    use: KeyUse


@dataclass(frozen=True, slots=True)
class Option:
    """A command-line option: the name under which its value is read, its default, and where it is declared."""

    name: str
    default: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that cannot be read as Python: why, and where."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the program needs to know of one file.

    `digest` identifies its content; `documents` are the names of configurations that it reads;
    `devices` are the accelerators its text mentions; `dated` are names that tell for which versions it was written.
    """

    path: str
    digest: str
    documents: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    names: tuple[tuple[str, Value], ...] = ()
    stars: tuple[str, ...] = ()
    body: tuple[Step, ...] = ()
    options: tuple[Option, ...] = ()
    sights: tuple[Sight, ...] = ()
    key_reuses: tuple[KeyReuse, ...] = ()
    key_parameters: tuple[KeyParameter, ...] = ()
    directives: tuple[Directive, ...] = ()
    guarded: bool = False
    devices: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    broken: Broken | None = None
