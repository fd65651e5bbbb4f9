"""The HTTP API, for callers on the same machine."""
