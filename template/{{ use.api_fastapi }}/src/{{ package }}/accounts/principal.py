"""Who is asking, and what that caller may do (S1 §0, S4 Security Baseline)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Scope(StrEnum):
    """What a user may be allowed to do; users get them from the command line only."""

    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    ADMIN = "admin"


SCOPES: dict[str, str] = {
    Scope.DOCUMENTS_READ: "Read the documents that the user owns",
    Scope.DOCUMENTS_WRITE: "Create, change and delete them",
    Scope.ADMIN: "Everything, for every owner",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller.

    Attributes:
        user_id: The user.
        session_id: The sign-in that the token comes from.
        scopes: What the token allows and the user still may.
    """

    user_id: UUID
    session_id: UUID
    scopes: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Whether the caller may do everything."""
        return Scope.ADMIN in self.scopes

    @property
    def owner(self) -> str | None:
        """Whose rows the caller may touch: their own, or anybody's for an admin (S4).

        It is compared with `created_by`.
        """
        return None if self.is_admin else str(self.user_id)

    def may(self, scope: str) -> bool:
        """Say whether the caller has this scope; an admin has all."""
        return self.is_admin or scope in self.scopes
