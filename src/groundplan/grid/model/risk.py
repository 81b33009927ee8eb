"""What the pages about risks and security say of a part."""

from __future__ import annotations

from pydantic import Field

from .base import Frozen, Text


class Threat(Frozen):
    """What somebody could do, what stands against it, and where."""

    threat: Text
    answer: Text
    where: Text


class Asset(Frozen):
    """What is worth protecting, its class of data, and where it is kept."""

    asset: Text
    kind: Text = Field(alias="class")
    where: Text


class Risks(Frozen):
    """The risk matrix of one feature (S0 §2.3)."""

    title: Text
    failure_modes: Text
    edge_cases: Text
    integration: Text
    performance: Text
    rollback: Text
