"""A Dockerfile, read as Docker reads it: instructions in order, stage by stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)
_FROM_STAGE = re.compile(r"--from=(\S+) ")
_OPTION = re.compile(r"--\S+ ")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, what it is built on, and its instructions, continued lines joined; FROM first."""

    name: str
    base: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """What the instructions *name* say."""
        return [rest for instruction, rest in self.instructions if instruction == name]

    @property
    def copied(self) -> Iterator[str]:
        """The paths of the context that it copies."""
        for copy in self.all("COPY"):
            if not _FROM_STAGE.search(copy):
                yield from _OPTION.sub("", copy).split()[:-1]

    @property
    def needs(self) -> set[str]:
        """The stages, or images, that it is built on and copies from."""
        return {self.base, *(found for copy in self.all("COPY") for found in _FROM_STAGE.findall(copy))}


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What comes before the first stage, and the stages in order."""

    arguments: tuple[str, ...]
    stages: tuple[Stage, ...]

    @classmethod
    def read(cls, file: Path) -> Dockerfile:
        """That in *file*."""
        lines = _COMMENT.sub("", file.read_text(encoding="utf-8")).replace("\\\n", " ").splitlines()
        instructions = [_instruction(line) for line in lines if line.strip()]
        begins = [place for place, (name, _) in enumerate(instructions) if name == "FROM"]
        ends = [*begins[1:], len(instructions)]
        first = begins[0] if begins else len(instructions)
        return cls(
            tuple(rest for name, rest in instructions[:first] if name == "ARG"),
            tuple(_stage(instructions[begin:end]) for begin, end in zip(begins, ends, strict=True)),
        )

    @property
    def targets(self) -> list[str]:
        """What it is there for: the stages that no other is made of."""
        needed = {name for stage in self.stages for name in stage.needs}
        return [stage.name for stage in self.stages if stage.name not in needed]

    def made_of(self, target: str) -> list[Stage]:
        """The stage *target*, or where that is empty the last one, after all stages that it is made of."""
        wanted = {target or self.stages[-1].name}
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted |= stage.needs
        return [stage for stage in self.stages if stage.name in wanted]


def _instruction(line: str) -> tuple[str, str]:
    name, _, rest = line.strip().partition(" ")
    return name.upper(), " ".join(rest.split())


def _stage(instructions: list[tuple[str, str]]) -> Stage:
    base, _, name = instructions[0][1].partition(" AS ")
    return Stage(name, base, tuple(instructions))
