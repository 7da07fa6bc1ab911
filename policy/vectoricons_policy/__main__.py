"""Writes what is generated: `python -m vectoricons_policy rules` and `… tables`."""

from __future__ import annotations

import argparse
from pathlib import Path

from vectoricons_policy import catalogue, tables

PACK = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> None:
    """Write RULES.md (`rules`) or the data files (`tables`) in place."""
    parser = argparse.ArgumentParser(prog="python -m vectoricons_policy", description=__doc__)
    parser.add_argument("what", choices=["rules", "tables"])
    if parser.parse_args(arguments).what == "rules":
        (PACK / "RULES.md").write_text(catalogue.markdown())
    else:
        for name, text in tables.generate().items():
            (tables.DATA / name).write_text(text)


if __name__ == "__main__":
    main()
