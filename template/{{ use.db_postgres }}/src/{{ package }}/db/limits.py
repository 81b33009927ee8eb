"""Waits for the database in order: one inside another is the shorter."""

from pydantic import ValidationInfo, field_validator

from .config import DatabaseSettings


def within(value: float, info: ValidationInfo, *inner: str) -> float:
    """Refuse a limit that one of those inside it exceeds, for it would never be met.

    Args:
        value: The outer limit.
        info: Of its validation.
        inner: Settings that are read before it.
    """
    for name in inner:
        limit = info.data.get(name)
        if isinstance(limit, int | float) and limit > value:
            message = f"less than {name.upper()}, {limit:g}, which lies within it"
            raise ValueError(message)
    return value


class DatabaseLimits(DatabaseSettings):
    """The settings of the database, with limits that fit into each other."""

    @field_validator("database_statement_timeout_seconds")
    @classmethod
    def _connects_in_time(cls, value: float, info: ValidationInfo) -> float:
        return within(value, info, "database_connect_timeout_seconds")

    @field_validator("database_report_timeout_seconds")
    @classmethod
    def _longer_than_a_statement(cls, value: float, info: ValidationInfo) -> float:
        return within(value, info, "database_statement_timeout_seconds")

    @field_validator("database_lock_timeout_seconds")
    @classmethod
    def _within_a_statement(cls, value: float, info: ValidationInfo) -> float:
        """Refuse a wait for a lock that the statement would not live to see."""
        statement = info.data.get("database_statement_timeout_seconds")
        if isinstance(statement, int | float) and value > statement:
            message = (
                f"more than DATABASE_STATEMENT_TIMEOUT_SECONDS, {statement:g}, "
                "within which it lies"
            )
            raise ValueError(message)
        return value
