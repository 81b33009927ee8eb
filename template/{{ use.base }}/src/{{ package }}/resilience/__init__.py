"""Surviving failure: limits, safe files, retries, an ordered start (S0 §3-§9)."""
