"""Our words to those of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lsprotocol import types

from reprolint.core.diagnostic import Diagnostic, Severity
from reprolint.core.edit import Edit
from reprolint.lsp.text import Text

SOURCE = "reprolint"
FIX_ALL = "source.fixAll.reprolint"
_SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "advice": types.DiagnosticSeverity.Information,
}

TextOf = Callable[[str], Text]
UriOf = Callable[[str], str]


def diagnostic(item: Diagnostic, text: TextOf, uri: UriOf) -> types.Diagnostic:
    """A diagnostic with its chain; `text` and `uri` know the files by their names."""
    return types.Diagnostic(
        range=text(item.place.filename).range(item.place.span),
        message=item.message,
        severity=_SEVERITIES[item.severity],
        code=item.code,
        code_description=types.CodeDescription(item.url) if item.url else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if item.name == "unused-ignore" else None,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(uri(other.place.filename), text(other.place.filename).range(other.place.span)),
                other.message,
            )
            for other in item.related
        ],
        data={"rule": item.name, "profile": item.profile, "confidence": item.confidence, "entry": item.entry},
    )


def workspace_edit(
    edits: Sequence[Edit], text: TextOf, uri: UriOf, versions: Mapping[str, int], *, versioned: bool
) -> types.WorkspaceEdit:
    """Edits in one or several files. With `versioned`, an editor refuses those for a text that has changed since."""
    files: dict[str, list[types.TextEdit]] = {}
    for edit in edits:
        files.setdefault(edit.filename, []).append(types.TextEdit(text(edit.filename).range(edit.span), edit.content))
    if not versioned:
        return types.WorkspaceEdit(changes={uri(name): changes for name, changes in files.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri(name), versions.get(name)), list(changes)
            )
            for name, changes in files.items()
        ]
    )


def overlap(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a position; touching is enough."""
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
