"""The resources of the API: what the modules of the domain have in common over HTTP, and what each adds."""
