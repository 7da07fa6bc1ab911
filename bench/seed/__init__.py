"""A believable marketplace in a database, at the size it is measured at or at one that tests can afford."""
