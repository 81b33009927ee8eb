"""Valkey, which speaks Redis's protocol: where it is, and a client for it."""
