"""Surviving failure: limits, safe files, retries, an ordered start."""
