"""Where tasks are defined, for a process that has to find them again."""

from collections.abc import Iterable
from importlib import import_module

from ..tasks.registry import TaskRegistry


def addresses_of(registry: TaskRegistry) -> list[str]:
    """Return `module:name` of each definition: a function has no other lasting form."""
    return [
        f"{definition.handler.__module__}:{definition.handler.__qualname__}"
        for definition in registry
    ]


def registry_at(addresses: Iterable[str]) -> TaskRegistry:
    """Return the definitions that are at these addresses.

    Raises:
        ImportError: A module is not there.
        AttributeError: A definition is not at the top level of its module.
    """
    parts = (address.split(":") for address in addresses)
    return TaskRegistry(getattr(import_module(module), name) for module, name in parts)
