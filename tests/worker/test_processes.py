"""The commands as processes: settings, readiness, stopping, and loops that outlive what they depend on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event
from typing import IO, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner
from redis.exceptions import ConnectionError as Disconnected

from containers.worker import consumer, reaper
from containers.worker.cli import main
from containers.worker.consumer import Consumer
from local.postgres import Postgres
from tests.databases import administer
from tests.worker import zips
from tests.worker.pipeline import ROOT, Pipeline
from vectoricons.aws import AwsFailed
from vectoricons.aws.sqs import Message
from vectoricons.common import migrate
from vectoricons.uploads.batches import BatchState

COMMANDS = ["intake", "images", "previews", "relay", "messenger", "reaper"]
PATIENCE = 150  # seconds: six interpreters start at once, maybe on a busy machine


def line_with(output: IO[str] | None, event: str) -> dict[str, Any]:
    """The first log line of *event*."""
    assert output is not None
    for line in output:
        entry: dict[str, Any] = json.loads(line)
        if entry["event"] == event:
            return entry
    raise AssertionError(f"the process ended without saying {event!r}")


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_processes_walk_an_upload_and_end_with_0_when_asked_to_stop(pipeline: Pipeline) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(pipeline.process(command)) for command in COMMANDS]
        for process in processes:
            ready = line_with(process.stdout, "ready")
            assert ready["service"] == "worker-test"
            assert {"timestamp", "level"} <= ready.keys()
        batch = pipeline.upload(zips.real_icons(30))
        until(lambda: pipeline.batch(batch.id).state is BatchState.PUBLISHED)
        until(lambda: len(pipeline.sink.posts) == 1)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            said, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said
            assert json.loads(said.splitlines()[-1])["event"] == "stopped"
    assert pipeline.batch(batch.id).ready_count == 30


def test_a_missing_variable_is_a_sentence_and_status_2() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from containers.worker.cli import main; main()", "messenger"],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'base'}", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2
    assert "MESSAGES_QUEUE_URL: is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_every_command() -> None:
    said = CliRunner().invoke(main, ["--help"]).output
    assert all(command in said for command in COMMANDS)


def test_a_worker_waits_for_the_schema_it_needs(pipeline: Pipeline, postgres_server: Postgres) -> None:
    administer(postgres_server, 'create database "empty"')
    with pipeline.process("relay", DATABASE_NAME="empty") as process:
        assert "not at schema revision" in line_with(process.stdout, "not-ready")["reason"]
        migrate.upgrade(postgres_server.url("empty"))
        line_with(process.stdout, "ready")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


def test_a_worker_that_waits_for_the_schema_can_be_stopped(
    pipeline: Pipeline, postgres_server: Postgres
) -> None:
    administer(postgres_server, 'create database "never"')
    with pipeline.process("reaper", DATABASE_NAME="never") as process:
        line_with(process.stdout, "not-ready")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


# -- loops


def test_a_message_in_hand_stays_hidden_however_long_it_takes(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.take_in()
    monkeypatch.setattr(consumer, "VISIBILITY", 2)
    monkeypatch.setattr(consumer, "HEARTBEAT", 0.2)
    seen: list[str] = []
    rival = Consumer(pipeline.servers.sqs, pipeline.servers.incoming, lambda message: seen.append("rival"))

    def slowly(message: Message) -> None:
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            rival.run_once()
            time.sleep(0.1)  # it shares this process with the queue and with the heart that beats
        seen.append(message.body)

    pipeline.servers.sqs.send_message(QueueUrl=pipeline.servers.incoming, MessageBody="slow")
    assert Consumer(pipeline.servers.sqs, pipeline.servers.incoming, slowly).run_once() == 1
    assert seen == ["slow"]


def test_messages_not_begun_are_given_back_when_asked_to_stop(pipeline: Pipeline) -> None:
    pipeline.take_in()
    for body in "abc":
        pipeline.servers.sqs.send_message(QueueUrl=pipeline.servers.incoming, MessageBody=body)
    stop, seen = Event(), []

    def stop_after_this(message: Message) -> None:
        seen.append(message.body)
        stop.set()

    reader = Consumer(pipeline.servers.sqs, pipeline.servers.incoming, stop_after_this)
    assert reader.run_once(stop=stop) == 1
    assert reader.run_once() == 2
    assert sorted(seen) == ["a", "b", "c"]


def test_a_consumer_waits_out_a_queue_it_cannot_reach(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "FIRST_BACKOFF", 0)
    stop, calls = Event(), []

    def unreachable_at_first(*_: object) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise AwsFailed("SQS is away.")
        stop.set()
        return 0

    monkeypatch.setattr(pipeline.intake, "run_once", unreachable_at_first)
    pipeline.intake.run(stop)
    assert len(calls) == 2


def test_a_heartbeat_that_fails_does_not_fail_the_message(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="sqs")

    pipeline.take_in()
    monkeypatch.setattr(consumer, "HEARTBEAT", 0.01)
    pipeline.servers.sqs.send_message(QueueUrl=pipeline.servers.incoming, MessageBody="x")
    monkeypatch.setattr(pipeline.servers.sqs, "change_message_visibility", unreachable)
    slow = Consumer(pipeline.servers.sqs, pipeline.servers.incoming, lambda _: time.sleep(0.1))
    assert slow.run_once() == 1


def test_a_reaper_waits_out_a_valkey_it_cannot_reach_and_frees_leases_all_the_same(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_name: object) -> None:
        pipeline.stop.set()
        raise Disconnected("gone")

    monkeypatch.setattr(reaper, "TICK", 0)
    monkeypatch.setattr(pipeline.doorbell, "waiting", unreachable)
    batch = pipeline.upload(zips.real_icons(2))
    pipeline.take_in()
    pipeline.execute("update upload_items set state = 'rendering', lease_until = now() - interval '1 s'")
    pipeline.reaper.run(pipeline.stop)
    assert {item.state.value for item in pipeline.items(batch.id)} == {"queued"}
