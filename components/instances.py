"""How big an RDS or ElastiCache instance is, by its class: what the limits of alarms are a share of."""

from __future__ import annotations

GIB = 1024**3

# GiB by size; a class of memory-optimised instances (r...) has twice as much.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
_MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8}
# RDS's own default: memory divided by this, 5,000 at most.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
_BYTES_A_CONNECTION = 9_531_392
_MOST_CONNECTIONS = 5_000


def memory(instance: str) -> int:
    """Bytes of memory of a class such as ``db.t4g.micro``. Raises ValueError for a size nobody knows."""
    _, family, size = instance.split(".")
    shares = int(size.removesuffix("xlarge") or 1) * 2 if size.endswith("xlarge") else 1
    known = _MEMORY.get("large" if size.endswith("xlarge") else size)
    if known is None:
        sizes = ", ".join(_MEMORY)
        raise ValueError(f"{instance}: {size} is not a size. There are {sizes}, xlarge, 2xlarge…")
    return known * shares * (2 if family.startswith("r") else 1) * GIB


def connections(instance: str) -> int:
    """How many connections PostgreSQL takes on a class at most."""
    return min(memory(instance) // _BYTES_A_CONNECTION, _MOST_CONNECTIONS)
