"""The root of the tree."""

from typing import ClassVar


class AppError(Exception):
    """Base of all expected failures.

    Attributes:
        code: Stable identifier that programs compare, such as `not_found`.
        title: The same for people, equal for every occurrence.
        status: HTTP status that the API answers with.
        explanation: What the API tells the public about this kind of error, with
            what a caller can do; a derived error without its own has its parent's.
        detail: What happened this time.
        hint: What the reader can do about it, or nothing.
    """

    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    status: ClassVar[int] = 500
    explanation: ClassVar[str] = (
        "The service met something it was not prepared for. It has been noted with the "
        "`trace_id` of the answer; trying again later may help."
    )

    def __init__(self, detail: str | None = None, *, hint: str | None = None) -> None:
        """Remember what happened and what to do about it."""
        self.detail = detail or self.title
        self.hint = hint
        super().__init__(self.detail)
