"""Subscriptions: what is sold by the month or year. The plans are here; who holds one is with the users."""
