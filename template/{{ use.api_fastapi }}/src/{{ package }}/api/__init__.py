"""The HTTP interface: routes, errors, limits, health."""
