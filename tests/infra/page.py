"""`__main__.py` read as the drawing it is: the components on it, and who is handed whom."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from components.base import Component
from local.engine.references import Edge
from tests.infra.synth import TREE


@dataclass(frozen=True)
class Page:
    """What a program's text declares, without running it.

    ``Service("api", TaskArgs(reach=[database], env=pages))`` declares the component `api` and its edges to
    what `database` and `pages` stand for; ``notify(uploads, to=incoming)`` one from `uploads` to `incoming`.
    """

    text: str

    @classmethod
    def of_the_program(cls) -> Page:
        """The page of this project."""
        return cls((TREE / "__main__.py").read_text())

    @property
    def components(self) -> frozenset[str]:
        """The names of all components."""
        return frozenset(self._read.components)

    @property
    def edges(self) -> frozenset[Edge]:
        """Who is handed whom."""
        return frozenset(self._read.edges)

    @cached_property
    def _read(self) -> _Reader:
        program = ast.parse(self.text)
        reader = _Reader(_nouns(program.body))
        (deployment,) = [each for each in program.body if isinstance(each, ast.With)]
        for statement in deployment.body:
            reader.read(statement)
        return reader


class _Reader:
    """Reads the page from top to bottom; *nouns* are the classes of components."""

    def __init__(self, nouns: frozenset[str]) -> None:
        self._nouns = nouns
        self._variables: dict[str, frozenset[str]] = {}
        self.components: set[str] = set()
        self.edges: set[Edge] = set()

    def read(self, statement: ast.stmt) -> None:
        """Take in one statement."""
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, value in zip(targets, values, strict=True):
                    self._assign(target, value)
            case ast.Assign(targets=[target], value=value):
                self._assign(target, value)
            case ast.Expr(value=ast.Call(func=ast.Name(id=noun))) if noun in self._nouns:
                self._stands_for(statement)
            case ast.Expr(value=ast.Call(args=[first, *others], keywords=keywords)):
                self._connect(self._stands_for(first), self._all([*others, *keywords]))

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._variables[target.id] = self._stands_for(value)

    def _stands_for(self, node: ast.AST) -> frozenset[str]:
        """The components an expression is or is made of; one that it makes is taken in."""
        match node:
            case ast.Name(id=variable):
                return self._variables.get(variable, frozenset())
            case ast.Call(func=ast.Name(id=noun), args=[ast.Constant(value=str(name)), *given]) if (
                noun in self._nouns
            ):
                self.components.add(name)
                self._connect(frozenset({name}), self._all([*given, *node.keywords]))
                return frozenset({name})
            case _:
                return self._all(list(ast.iter_child_nodes(node)))

    def _all(self, nodes: Sequence[ast.AST]) -> frozenset[str]:
        return frozenset().union(*(self._stands_for(node) for node in nodes))

    def _connect(self, users: frozenset[str], used: frozenset[str]) -> None:
        self.edges |= {Edge(one, other) for one in users for other in used if one != other}


def _nouns(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """What the page imports that is a class of components."""
    imported: Mapping[str, object] = {
        alias.name: getattr(importlib.import_module(each.module or ""), alias.name)
        for each in statements
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    return frozenset(
        name for name, thing in imported.items() if isinstance(thing, type) and issubclass(thing, Component)
    )
