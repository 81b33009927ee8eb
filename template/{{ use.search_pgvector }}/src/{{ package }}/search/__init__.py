"""Finds documents by their words and by their meaning."""
