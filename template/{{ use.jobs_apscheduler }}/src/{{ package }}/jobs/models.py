"""The table in which APScheduler keeps what is due when."""

from typing import Final

from sqlalchemy import Column, Float, LargeBinary, Table, Unicode

from ..db.base import Base

# Columns as APScheduler's own store has them; it is told to use this table.
SCHEDULED_JOBS: Final = Table(
    "scheduled_jobs",
    Base.metadata,
    Column("id", Unicode(191), primary_key=True),
    Column("next_run_time", Float(25), index=True),
    Column("job_state", LargeBinary, nullable=False),
    info={
        "purpose": "What APScheduler runs when.",
        "kept": "as long as the schedule has the line",
    },
)
