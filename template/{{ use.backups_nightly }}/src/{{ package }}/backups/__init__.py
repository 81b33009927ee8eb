"""Encrypted database dumps, their retention, and the proof that they restore."""
