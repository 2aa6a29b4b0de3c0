"""The versions a project allows: from the command line, the configuration, and the project's own files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from reprolint.app.session import Session
from reprolint.catalog.knowledge import Knowledge
from reprolint.catalog.library import PYTHON, distributions, libraries, library
from reprolint.config import Config, ConfigError, nearest
from reprolint.core.version import series
from reprolint.facts.record import Import
from reprolint.pins.pin import Pin, pins
from reprolint.pins.statement import normal
from reprolint.program.link import Program

MOST_ASSUMED = 5


def pinned(
    config: Config, sources: Mapping[str, str], knowledge: Iterable[Knowledge], note: Callable[[str], None]
) -> tuple[Pin, ...]:
    """One entry a library, from the nearest source; raise `ConfigError` for a library that no rule knows."""
    files = tuple(knowledge)
    known = distributions(files)
    found = {pin.library: pin for pin in pins(sources, lambda name: known.get(name, ""), note)}
    file = config.source.name if config.source is not None else "configuration"
    for place, told, label in ((file, config.versions, f"{config.source}: `versions`"),
                               ("--target", config.targets, "--target")):  # fmt: skip
        for name, text in told:
            key = name if name in libraries(files) else known.get(normal(name), "")
            if not key:
                words = tuple(sorted({*libraries(files), *known}))
                raise ConfigError(f"{label}: no rule knows a library `{name}`{nearest(name, words)}")
            found[key] = Pin(key, series(text), place)
    return tuple(pin for _, pin in sorted(found.items()))


def tell(session: Session, program: Program) -> None:
    """Note the versions of the libraries that a program imports, and what had to be supposed for want of one."""
    known = libraries(session.catalog.knowledge)
    bodies = [body for facts in program.files.values() for body in (facts.body, *(f.body for f in facts.functions))]
    roots = {step.module.partition(".")[0] for body in bodies for step in body if isinstance(step, Import)}
    used = {use.api for course in program.courses for use in course.uses}
    used |= {definition.api for course in program.courses for definition in course.sets}
    names = sorted(known & (roots | {library(api) for api in used if "." in api}))
    pins = {pin.library: pin for pin in session.pins}
    told = [f"{name} {pins.get(name, 'any')}" for name in names if name in pins or name != PYTHON]
    session.options.note("versions: " + (", ".join(told) or "no library in use has any knowledge"))
    supposed = {api: text for api, text in program.context.effects.assumed.items() if api in used}
    for api, text in sorted(supposed.items())[:MOST_ASSUMED]:
        pin = pins.get(library(api))
        why = f"the project allows {pin}" if pin is not None else "no version found"
        session.options.note(f"{api}: assuming {library(api)} {text}; {why}")
