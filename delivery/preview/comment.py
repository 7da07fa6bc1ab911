"""The comment on a change: what one must know first, then each component, no longer than GitHub takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from delivery.preview.costs import Estimate, estimate
from delivery.preview.data import what_is_lost
from delivery.preview.diffs import differences
from delivery.preview.digest import KINDS, Change, Digest

LONGEST = 64_000
"""Characters; GitHub refuses a comment of more than 65,536."""
RESERVE = 600
"""Kept for the note that says what was left out."""
WARNINGS_SHOWN = 20
ERRORS_SHOWN = 20
LONGEST_ERROR = 1500


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A preview of *stack*, and where more of it is to be seen."""

    stack: str
    region: str
    digest: Digest
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def marker(self) -> str:
        """What tells this stack's comment from all others; GitHub does not show it."""
        return f"<!-- vectoricons-preview:{self.stack} -->"

    def comment(self) -> str:
        """The whole comment in GitHub's Markdown."""
        changes = sorted(self.digest.changes(), key=_weight)
        parts = [self.marker, self._heading(changes)]
        if self.digest.errors:
            parts.append(_refusal(self.digest.errors))
        if changes:
            estimated = estimate(self.digest, self.region)
            parts += [_cost_in_short(estimated), _table(changes), _warning(changes)]
            sections = [*_sections(changes), _costs(estimated)]
        else:
            sections = []
        return _fitted("\n\n".join(filter(None, parts)), list(filter(None, sections)), self._footer())

    def _heading(self, changes: Sequence[Change]) -> str:
        counts = Counter(change.kind for change in changes)
        said = ", ".join(f"**{counts[kind]} to {kind}**" for kind in KINDS if counts[kind])
        if self.digest.errors:
            said = "**there is no plan**" + (f", only a part of one: {said}" if said else "")
        stays = f", {self.digest.stays} stay as they are" if self.digest.stays else ""
        return f"### Preview of `{self.stack}`\n\n{said or 'Nothing changes'}{stays}."

    def _footer(self) -> str:
        return " · ".join(f"[{words}]({url})" for words, url in self.links.items())


def _weight(change: Change) -> tuple[bool, int, str, str]:
    """The order of importance: what loses data, then from deletions to creations."""
    return not what_is_lost(change), KINDS.index(change.kind), change.component, change.name


def _refusal(errors: Sequence[str]) -> str:
    told = "\n".join(f"> - {_quoted(error[:LONGEST_ERROR])}" for error in errors[:ERRORS_SHOWN])
    more = f"\n> - and {len(errors) - ERRORS_SHOWN} more" if len(errors) > ERRORS_SHOWN else ""
    return f"> [!CAUTION]\n> **The preview failed.** Nothing can be deployed from it.\n>\n{told}{more}"


def _table(changes: Sequence[Change]) -> str:
    """A row for each component that changes, the most serious first."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes:
        counted[change.component][change.kind] += 1
    head = "| Component | " + " | ".join(KINDS) + " |"
    rule = "|:--|" + "--:|" * len(KINDS)
    rows = [
        f"| `{name}` | " + " | ".join(str(counts[kind] or "") for kind in KINDS) + " |"
        for name, counts in counted.items()
    ]
    return "\n".join([head, rule, *rows])


def _warning(changes: Sequence[Change]) -> str:
    """What is lost for good; empty when nothing is."""
    lost = [change for change in changes if what_is_lost(change)]
    if not lost:
        return ""
    lines = ["> [!CAUTION]", "> **Data is lost with this change.**", ">"]
    for change in lost[:WARNINGS_SHOWN]:
        because = f", because of `{'`, `'.join(change.because)}`" if change.because else ""
        guard = " It is protected: the update will refuse." if change.protected else ""
        lines.append(
            f"> - **{change.kind}** `{change.name}` ({change.short_type}){because}: "
            f"{what_is_lost(change)}.{guard}"
        )
    if len(lost) > WARNINGS_SHOWN:
        lines.append(f"> - and {len(lost) - WARNINGS_SHOWN} more")
    return "\n".join(lines)


def _sections(changes: Sequence[Change]) -> Iterator[str]:
    """A foldable part for each component; open where something is replaced, deleted or lost."""
    grouped: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.component].append(change)
    for component, members in grouped.items():
        counts = Counter(change.kind for change in members)
        said = ", ".join(f"{counts[kind]} to {kind}" for kind in KINDS if counts[kind])
        is_grave = counts["delete"] or counts["replace"]
        body = "\n\n".join(_change(change) for change in members)
        yield (
            f"<details{' open' if is_grave else ''}><summary><b>{component}</b>: {said}</summary>\n\n"
            f"{body}\n\n</details>"
        )


def _change(change: Change) -> str:
    title = f"**{change.kind}** `{change.name}` · {change.short_type}"
    if change.kind in ("create", "delete"):
        return title
    lines = [line for each in differences(change.before, change.after) for line in each.lines()]
    if not lines:
        return f"{title}\n\nNothing to show differs: a secret changes, or what it refers to is replaced."
    return title + "\n\n```diff\n" + "\n".join(lines) + "\n```"


def _cost_in_short(found: Estimate) -> str:
    """One sentence on the month's bill."""
    if not (found.known or found.unknown or found.by_use):
        return "The monthly bill stays as it is."
    known = f"**{_signed(found.difference)} a month**" if found.known else "no price of it is known"
    parts = [known]
    if found.by_use:
        parts.append(f"{len(found.by_use)} by use")
    if found.unknown:
        parts.append(f"{len(found.unknown)} unknown")
    return f"Estimated cost: {', '.join(parts)}."


def _costs(found: Estimate) -> str:
    if not (found.known or found.unknown or found.by_use):
        return ""
    lines = ["<details><summary><b>Cost</b></summary>", ""]
    if found.known:
        lines += ["| Resource | now | then | a month |", "|:--|--:|--:|--:|"]
        lines += [
            f"| `{cost.name}` | ${cost.before:,.2f} | ${cost.after:,.2f} | {_signed(cost.difference)} |"
            for cost in found.known
        ]
        lines.append("")
    if found.by_use:
        lines.append(f"By use, so not in it: {_listed(found.by_use)}.")
    if found.unknown:
        lines.append(f"Unknown, not in the price table: {_listed(found.unknown)}.")
    prices = found.prices
    lines += [
        f"Prices on demand in {prices.region}, as published in {prices.oldest:%B %Y} or later; "
        "traffic and requests come on top.",
        "",
        "</details>",
    ]
    return "\n".join(lines)


def _fitted(head: str, sections: Sequence[str], footer: str) -> str:
    """All of it; of sections that do not fit the last ones are left out, and that is said."""
    room = LONGEST - RESERVE - len(head) - len(footer)
    kept: list[str] = []
    for section in sections:
        room -= len(section) + 2
        if room < 0:
            break
        kept.append(section)
    left_out = len(sections) - len(kept)
    note = (
        f"> [!NOTE]\n> {left_out} of {len(sections)} parts are left out, the least important: "
        "GitHub takes no longer comment. The table counts them; `preview.json` of the run has them in full."
        if left_out
        else ""
    )
    return "\n\n".join(filter(None, [head, *kept, note, footer])) + "\n"


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount >= 0 else '−'}${abs(amount):,.2f}"


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _quoted(text: str) -> str:
    return text.replace("\n", "\n>   ")
