"""Docker, for a region whose services are containers: an engine, a base to build on, the project's images."""
