"""Plugins: what follows from an event. Each has its effect once, however often the event is delivered."""
