"""Choosing and changing passwords."""

from ...core.errors import InvalidInputError


class WeakPasswordError(InvalidInputError):
    """The password is too short, too long to be hashed safely, or easy to guess."""

    code = "weak_password"
    title = "The password is not acceptable"
    explanation = (
        "A password has 12 to 256 characters and is not one of those that are guessed "
        "first, such as words in a row, repetitions and keyboard patterns."
    )


class WrongPasswordError(InvalidInputError):
    """The present password, which a change of it needs, is not this one."""

    code = "wrong_password"
    title = "The present password is another"
    explanation = (
        "To change a password the present one has to be given, and it is another."
    )
