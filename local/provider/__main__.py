"""`python -m local.provider aws|awsx|docker-build ENGINE`: what the plugin executables start."""

from __future__ import annotations

import gc
import sys

from pulumi.provider.experimental.provider import Provider

from local.provider.plugins import plugin_version
from local.provider.region import Region, RegionError
from local.provider.server import serve


def main(arguments: list[str]) -> int:
    """Serve the package named first to the engine whose address is the first word that is no flag."""
    package, *rest = arguments
    engine = next(word for word in rest if not word.startswith("-"))
    try:
        serve(_provider(package), plugin_version(package), engine)
    except RegionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _provider(package: str) -> Provider:
    """The provider of *package*, which alone is imported: what the others need takes long to."""
    match package:
        case "awsx":
            from local.provider.awsx import AwsxProvider

            return AwsxProvider()
        case "docker-build":
            from local.provider.builds import BuildProvider

            region = Region.from_environment()
            return BuildProvider(region.docker if region else None)
        case _:
            from local.provider.provider import AwsProvider

            return AwsProvider(Region.from_environment())


if __name__ == "__main__":
    gc.disable()  # what lives for one run of the engine keeps its garbage, which is next to none
    sys.exit(main(sys.argv[1:]))
