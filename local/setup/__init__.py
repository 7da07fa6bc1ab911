"""From a fresh clone to a machine that can run the project. Standard library only: it is the first to run."""
