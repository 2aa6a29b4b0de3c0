"""SARIF as code scanning reads it; the shape is that of the 2.1.0 schema."""

from __future__ import annotations

import json

from reprolint.core.diagnostic import Diagnostic, Related, Shown
from reprolint.core.edit import Edit, Fix
from reprolint.core.place import FILE_START, Place, Span
from reprolint.report.sarif import to_sarif

PLACE = Place("src/a b.py", Span(3, 5, 3, 9))
ITEM = Diagnostic(
    code="RPL501",
    name="set-order",
    topic="values",
    profile="seeded",
    severity="advice",
    confidence="high",
    message="the order of this set differs",
    place=PLACE,
    related=(Related(Place("b.py", FILE_START), "calls it"),),
    fix=Fix("Sort the elements", "safe", (Edit("src/a b.py", Span(3, 5, 3, 9), "sorted(x)"),)),
    url="https://example.org/",
    shown=Shown("confirmed", "the runs differ at this line"),
)


def test_a_result_has_place_level_fix_and_what_a_replay_showed() -> None:
    (run,) = json.loads(to_sarif([ITEM]))["runs"]
    (result,) = run["results"]
    region = {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "src/a%20b.py"}, "region": region}
    assert (result["ruleId"], result["level"]) == ("RPL501", "note")
    assert result["relatedLocations"][0]["message"] == {"text": "calls it"}
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement == {"deletedRegion": region, "insertedContent": {"text": "sorted(x)"}}
    assert result["properties"]["replay"] == {"state": "confirmed", "reason": "the runs differ at this line"}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "RPL501"


def test_trouble_is_a_notification() -> None:
    (run,) = json.loads(to_sarif([], "the command could not be run"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"] == {"text": "the command could not be run"}
