"""A rule explained: the text people read and the object tools read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from reprolint.catalog.schema import Rule
from reprolint.report.paint import Paint

_SAFETY = {
    "safe": "Safe at best: the numbers stay the same, they are only ordered or keyed.",
    "unsafe": "Unsafe: it changes numbers or speed, or may raise; `--fix --unsafe-fixes` applies it.",
    "display": "Shown only: it needs a decision that reading the code cannot make.",
}
_NO_FIX = "There is no automatic fix."


def rules_text(rules: Sequence[Rule], paint: Paint) -> str:
    """The pages of rules for a terminal: Markdown with its headings painted."""
    return "\n".join("\n".join(_page(rule, paint)) + "\n" for rule in rules)


def rules_markdown(rules: Sequence[Rule]) -> str:
    """The pages of rules, as Markdown."""
    return rules_text(rules, Paint(False))


def rules_json(rules: Sequence[Rule]) -> str:
    """The rules as an array of objects."""
    return json.dumps([_object(rule) for rule in rules], indent=2) + "\n"


def _page(rule: Rule, paint: Paint) -> Iterator[str]:
    yield paint("bold", f"# {rule.name} ({rule.code})")
    yield ""
    yield f"Topic {rule.topic}, profile {rule.profile}, {rule.severity}, confidence {rule.confidence}."
    yield f"Since {rule.since}." + (f" Formerly {', '.join(rule.formerly)}." if rule.formerly else "")
    yield from _fix(rule)
    yield from _section("What it does", rule.summary, paint)
    yield from _section("Why is this bad?", rule.why, paint)
    versions = ", ".join(f"{name} {version}" for name, version in rule.examples.versions.items())
    yield from _section("Example", f"{versions and f'With {versions}:'}\n{_code(rule.examples.bad)}", paint)
    yield from _section("Use instead", _code(rule.examples.good), paint)
    if rule.examples.fixed != rule.examples.good:
        yield from _section("After the fix", _code(rule.examples.fixed), paint)
    yield from _section("Fix safety", _SAFETY[rule.fix.safety] if rule.fix is not None else _NO_FIX, paint)
    yield from _section("What replay shows", rule.proof, paint)
    yield from _section("Limits", rule.limits, paint)
    yield from _section("References", "\n".join(f"- <{link}>" for link in rule.references), paint)


def _fix(rule: Rule) -> Iterator[str]:
    if rule.fix is not None:
        yield f"Fix ({rule.fix.safety}): {rule.fix.title}."


def _section(title: str, text: str, paint: Paint) -> Iterator[str]:
    if text.strip():
        yield from ("", paint("bold", f"## {title}"), text.strip())


def _code(text: str) -> str:
    language = "sh" if text.startswith("reprolint ") else "py"
    return f"```{language}\n{text.strip()}\n```" if text.strip() else ""


def _object(rule: Rule) -> dict[str, Any]:
    fix = rule.fix
    return {
        "name": rule.name,
        "code": rule.code,
        "topic": rule.topic,
        "profile": rule.profile,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "summary": rule.summary,
        "why": rule.why,
        "message": rule.message,
        "fix": None if fix is None else {"verb": fix.verb, "safety": fix.safety, "title": fix.title},
        "examples": {
            "bad": rule.examples.bad,
            "good": rule.examples.good,
            "fixed": rule.examples.fixed,
            "versions": dict(rule.examples.versions),
        },
        "proof": rule.proof,
        "limits": rule.limits,
        "yields_to": list(rule.yields_to),
        "may_reveal": list(rule.may_reveal),
        "formerly": list(rule.formerly),
        "references": list(rule.references),
        "since": rule.since,
    }
