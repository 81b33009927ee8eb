"""The user of development, whose password is the same at every start."""

from typing import Final

from ..accounts.administration import UserAdministration
from ..accounts.passwords import generate
from ..accounts.repository import AccountRepository
from ..bootstrap import Container

DEMO_USER: Final = "demo"
_FILE: Final = "var/demo-password"


async def demo_password(container: Container) -> str:
    """Make the demo user, or let it in again; return the password that signs in.

    The password is random and stands in `<BASE_DIR>/var/demo-password`. Whatever has
    been done to the user since the last start, it signs in afterwards.
    """
    accounts = container.accounts
    users = UserAdministration(accounts.passwords, accounts.throttle)
    password = _remembered(container)
    async with container.database.unit_of_work() as uow:
        user = await AccountRepository(uow.session).by_name(DEMO_USER)
        if user is None:
            await users.create(uow, DEMO_USER, password)
            return password
        if user.disabled_at is not None:
            await users.enable(uow, DEMO_USER)
        if await accounts.passwords.verify(password, user.password_hash):
            await users.unlock(uow, DEMO_USER)
        else:
            await users.set_password(uow, DEMO_USER, password)
    return password


def _remembered(container: Container) -> str:
    """Return the password of the file, which only its owner may read."""
    file = container.settings.base_dir / _FILE
    if file.is_file() and (known := file.read_text(encoding="utf-8").strip()):
        return known
    password = generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"{password}\n", encoding="utf-8")
    return password
