"""The one walk over a file's syntax tree: from source to facts."""

from __future__ import annotations

from reprolint.catalog.vocabulary import Vocabulary
from reprolint.core.place import FILE_START
from reprolint.core.source import Source
from reprolint.core.value import Ref, Value
from reprolint.facts import kernels
from reprolint.facts.keys import Keys
from reprolint.facts.keys import read as read_keys
from reprolint.facts.record import Broken, Class, Facts
from reprolint.facts.statement import Statements
from reprolint.model.directives import directives
from reprolint.model.parse import Malformed, parse


def read(source: Source, digest: str, vocabulary: Vocabulary) -> Facts:
    """Extract the facts of one file; a file that is not Python gives facts with `broken` set."""
    if not source.path.endswith((".py", ".pyi", ".pyw")):
        return Facts(source.path, digest, sights=kernels.in_text(source.data, vocabulary))
    try:
        tree = parse(source.data)
        return _Reader(source, digest, vocabulary, tree).facts()
    except Malformed as error:
        return Facts(source.path, digest, broken=Broken(error.message, error.span))
    except RecursionError:
        broken = Broken("an expression is nested too deeply to be analysed", FILE_START)
        return Facts(source.path, digest, broken=broken)


class _Reader(Statements):
    """Reads the bodies of one file: the module first, functions once the scopes around them are complete."""

    def facts(self) -> Facts:
        """Read the whole file."""
        body = self.block(self.tree.body)
        while self.waiting:
            self.read_function(self.waiting.pop(0))
        classes = tuple(
            Class(name, bases, tuple(sorted(self.attributes[name].items())), span)
            for name, (bases, span) in sorted(self.bases.items())
        )
        self.sights += kernels.in_tree(self.source.data, self.tree, self.columns, self.vocabulary)
        keys = self._keys() if self.vocabulary.mentions_keys(self.source.data) else None
        return Facts(
            path=self.source.path,
            digest=self.digest,
            documents=tuple(sorted(self.documents)),
            functions=tuple(sorted(self.functions, key=lambda function: (function.span, function.name))),
            classes=classes,
            names=tuple(sorted((name, self._exported(name, value)) for name, value in self.module.names.items())),
            stars=tuple(self.stars),
            body=body,
            options=tuple(self.options),
            sights=tuple(sorted(set(self.sights), key=lambda sight: (sight.span, sight.effect))),
            key_reuses=tuple(keys.reuses.values()) if keys is not None else (),
            key_parameters=tuple(keys.parameters) if keys is not None else (),
            directives=directives(self.source.data),
            guarded=self.guarded,
            devices=tuple(word for word in self.vocabulary.devices if word.encode() in self.source.data),
            dated=tuple(sorted(self.dated)),
        )

    def _keys(self) -> Keys:
        return read_keys(self.source.data, self.tree, self.columns, self.vocabulary, self.module.names)

    def _exported(self, name: str, value: Value) -> Value:
        return self.registries[name] if value == Ref(f":{name}") and name in self.registries else value
