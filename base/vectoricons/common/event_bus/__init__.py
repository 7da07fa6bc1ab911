"""The event bus: what happened, typed, told to whoever asked to hear of it.

An event begins as a payload that a unit of work emits. It waits in the outbox until its transaction is true,
travels as an envelope, and is delivered at least once.
"""
