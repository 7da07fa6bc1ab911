"""The tags on everything that can be tagged. Nothing in them changes between two runs."""

from __future__ import annotations

from components.names import PROJECT


def tags(*, env: str, owner: str, component: str, name: str = "") -> dict[str, str]:
    """Whose it is and what it is for; *name* for what has no other name in AWS (a subnet, a route table)."""
    named = {"Name": name} if name else {}
    return {"project": PROJECT, "env": env, "component": component, "owner": owner} | named
