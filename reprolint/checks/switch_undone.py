"""Switches that are set as they should be, and later set back before it matters."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from reprolint.checks.evidence import short
from reprolint.checks.switches import is_wanted, matters
from reprolint.core.diagnostic import Finding, Related
from reprolint.core.place import Place
from reprolint.program.link import Program


def check(whole: Program) -> Iterator[Finding]:
    """One finding per entry and setting that takes back another."""
    for course, program in whole.views():
        for old, new in course.undone:
            switch = program.context.effects.switches[new.cell.removeprefix("switch:")]
            if is_wanted(old, switch, program) is not True or is_wanted(new, switch, program) is not False:
                continue
            if not matters(new, course, program):
                continue
            same = old.place.filename == new.place.filename
            where = f"line {old.place.span.row}"
            where = where if same else f"{posixpath.basename(old.place.filename)} {where}"
            related = [Related(hop.place, f"calls `{short(hop.name)}`") for hop in old.chain if hop.place != new.place]
            related.append(Related(old.place, "it was set here"))
            related += [Related(hop.place, f"calls `{short(hop.name)}`") for hop in new.chain if hop.place != new.place]
            evidence = {"api": new.api, "before": old.api, "where": where}
            place = Place(new.place.filename, new.place.span)
            yield Finding("switch-undone", place, evidence, tuple(dict.fromkeys(related)), course.entry.label)
