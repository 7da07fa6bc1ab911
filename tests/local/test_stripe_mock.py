"""What stands in for Stripe."""

from __future__ import annotations

from pathlib import Path

import psutil
import requests

from local import stripe_mock
from local.processes import free_port


def test_two_run_at_once_and_only_this_machine_reaches_them(tmp_path: Path) -> None:
    with (
        stripe_mock.running(tmp_path / "one", free_port()) as one,
        stripe_mock.running(tmp_path / "two", free_port()) as two,
    ):
        for server in (one, two):
            answer = requests.get(f"{server.url}/v1/charges", auth=("sk_test_any", ""), timeout=30)
            assert answer.ok, answer.text
            heard = [each.laddr.ip for each in psutil.Process(server.process.pid).net_connections("tcp")]
            assert set(heard) == {"127.0.0.1"}
        assert one.process.poll() is None
        assert two.process.poll() is None
