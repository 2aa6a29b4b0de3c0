"""Functions and classes of one file."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable

from reprolint.core.value import Const, Ref, Value, document, paths
from reprolint.core.value import parameter as parameter_path
from reprolint.facts.expression import Expressions
from reprolint.facts.names import Waiting
from reprolint.facts.record import Call, Function, Step
from reprolint.model.scope import Scope


class Definitions(Expressions):
    """Reads definitions; how the statements of a body are read is the matter of `Statements`."""

    def block(self, statements: Iterable[ast.stmt]) -> tuple[Step, ...]:
        """Read statements in order and return their steps."""
        raise NotImplementedError

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        known = len(self.options)
        decorators = tuple(ref.path for item in node.decorator_list for ref in paths(self.value(item)))
        name = f"{self.prefix}{node.name}"
        self.scope.bind(node.name, Ref(f":{name}"))
        commands = any(path.removesuffix("()") in self.vocabulary.parameter_options for path in decorators)
        defaults = {option.name: option.default for option in self.options[known:]} if commands else {}
        self._define(node, name, node.body, decorators, defaults, self._configured(node))
        self._decorate(decorators, name, node)

    def _configured(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        """The configuration that a decorator gives to the function, as a path."""
        for item in node.decorator_list:
            if not isinstance(item, ast.Call):
                continue
            callee = self.peek(item.func)
            mains = self.vocabulary.configured.get(getattr(callee, "path", ""))
            given = {word.arg: self.peek(word.value) for word in item.keywords} if mains is not None else {}
            names = [given.get(mains.folder), given.get(mains.name)] if mains is not None else []
            texts = [part.value for part in names if isinstance(part, Const) and isinstance(part.value, str)]
            if len(texts) == 1 and texts[0].endswith(".yaml"):  # the file itself, as before Hydra 1.0
                texts = list(posixpath.split(texts[0]))
            if len(texts) == 2:
                name = f"hydra:{texts[0] or '.'}/{texts[1].removesuffix('.yaml')}"
                self.documents.add(name)
                return document(name)
        return ""

    def read_function(self, job: Waiting) -> None:
        """Read the body of a function that was put off."""
        self.scope, self.prefix, self.owner = Scope(job.around), f"{job.name}.", job.owner or job.inside
        self.top, self.function = job.top, job.node
        self.returns, self.generator, self.quiet = [], False, self._is_quiet(job.decorators)
        static = any(path.endswith("staticmethod") for path in job.decorators)
        for number, parameter in enumerate(job.parameters):
            value: Value = Ref(parameter_path(job.name, parameter.name))
            if job.owner and number == 0 and not static:
                is_class = any(path.endswith("classmethod") for path in job.decorators)
                value = Ref(f":{job.owner}" if is_class else f":{job.owner}()")
            self.scope.bind(parameter.name, value)
        steps = self.block(job.body)
        returns = tuple(dict.fromkeys(self.returns))
        put_off = self.generator and self.vocabulary.context_managers.isdisjoint(job.decorators)
        self.functions.append(
            Function(
                job.name, job.owner, job.parameters, steps, returns, self.span(job.node), put_off, static,
                job.decorators,
            )
        )  # fmt: skip

    def _class(self, node: ast.ClassDef) -> None:
        name = f"{self.prefix}{node.name}"
        bases = tuple(self.value(base) for base in node.bases)
        for keyword in node.keywords:
            self.value(keyword.value)
        decorators = [ref.path for item in node.decorator_list for ref in paths(self.value(item))]
        self.scope.bind(node.name, Ref(f":{name}"))
        self.bases[name] = (bases, self.span(node))
        self.class_nodes[name] = node
        around = (self.scope, self.prefix, self.owner)
        self.scope, self.prefix, self.owner = Scope(self.scope), f"{name}.", name
        self.attributes.setdefault(name, {})
        self.steps.extend(self.block(node.body))
        for key, value in self.scope.names.items():
            self._attribute(name, key, value)
        self.scope, self.prefix, self.owner = around
        self._decorate(decorators, name, node)

    def _decorate(self, decorators: Iterable[str], name: str, node: ast.stmt) -> None:
        """Record that decorators which may be of the project, or keep what they are given, are called."""
        for path in decorators:
            bare = path.removesuffix("()")
            hands_over = self.vocabulary.hands_over(bare)
            if hands_over:
                path = bare
            elif path.partition(".")[0].partition("(")[0] in self.vocabulary.libraries or path.startswith("@"):
                continue
            span = self.span(node)
            self.steps.append(Call(Ref(path), (Ref(f":{name}"),), (), False, span, span, decorates=not hands_over))

    def _is_quiet(self, names: Iterable[str]) -> bool:
        return any(name.removesuffix("()") in self.vocabulary.no_gradient for name in names)
