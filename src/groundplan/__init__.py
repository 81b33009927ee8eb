"""Groundplan: a project generator that encodes five standards."""

__version__ = "0.1.0"
