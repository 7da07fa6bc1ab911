"""Starts the policy pack for the Pulumi engine; does not return while the engine lives."""

from pathlib import Path

from vectoricons_policy.pack import serve

serve(Path(__file__).resolve().parent)
