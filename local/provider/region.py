"""Where the servers of a laptop region are, as its daemon wrote it down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from pydantic import ValidationError

from local.addresses import Addresses

VARIABLE = "VECTORICONS_REGION"
FILE = "region.json"


class RegionError(Exception):
    """The region cannot be used; the message says why and what to do."""


class Region(Addresses):
    """A laptop region, with boto3 clients for its operator."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Region | None:
        """The region that VECTORICONS_REGION names, or None where it names none.

        Raises RegionError when the directory holds no region that can be read.
        """
        directory = environment.get(VARIABLE, "")
        if not directory:
            return None
        file = Path(directory) / FILE
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as error:
            raise RegionError(
                f"{VARIABLE} names {directory}, and there is no readable {FILE} in it ({error.strerror}). "
                "Start the region with `make up`, or unset the variable to record only."
            ) from error
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"]) or "the file"
            raise RegionError(
                f"{file}: {where}: {fault['msg']}. Start a fresh region with `make up`."
            ) from error

    @cached_property
    def clients(self) -> Clients:
        """boto3 clients of this region, made once each."""
        return Clients(self)


class Clients:
    """boto3 clients of a region for its operator; safe to share between threads."""

    def __init__(self, region: Region) -> None:
        self._session = boto3.Session(
            region.operator.access_key, region.operator.secret_key, None, region.region
        )
        self._endpoint = region.endpoint
        self._lock = Lock()
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of *service* (`sqs`); boto3 makes its classes at run time, hence Any."""
        with self._lock:  # boto3 sessions are not thread-safe, its clients are
            if service not in self._made:
                self._made[service] = self._session.client(
                    service,
                    endpoint_url=self._endpoint,
                    config=Config(
                        signature_version="s3v4" if service == "s3" else None,
                        s3={"addressing_style": "path"},
                        retries={"total_max_attempts": 1},
                    ),
                )
            return self._made[service]
