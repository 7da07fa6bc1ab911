"""A notice: one short message for people, the same on Slack and by e-mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """*subject* and *lines* are plain text; *link*, where there is one, leads to the page it is about."""

    subject: str
    lines: tuple[str, ...] = ()
    link: str | None = None

    @property
    def slack(self) -> str:
        """In Slack's own markup, with whatever contributors typed made harmless."""
        title = f"*{_escaped(self.subject)}*"
        return "\n".join(
            [title, *map(_escaped, self.lines), *([f"<{self.link}|Open the page>"] if self.link else [])]
        )

    @property
    def plain(self) -> str:
        """For an e-mail's body."""
        return "\n\n".join(part for part in (self.subject, *self.lines, self.link) if part)


def _escaped(text: str) -> str:
    """Slack reads ``<…>`` as links and mentions, so a family named ``<!channel>`` would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
