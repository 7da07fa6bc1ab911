"""People over HTTP: who they are and how they prove it, what is theirs, and the teams they form."""

from __future__ import annotations

from containers.api.identity import belongings, contributors, keys, lists, people, registration, teams, tokens

MODULES = (registration, people, tokens, keys, belongings, contributors, teams)
RESOURCES = (*belongings.RESOURCES, *lists.RESOURCES)
