"""What exists in AWS: one component per noun of the architecture, made by the program in ``__main__.py``."""
