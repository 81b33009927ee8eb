"""Groundplan: a project generator that encodes five standards."""
