"""The HTTP interface: routes, errors, limits, health (S1 §9, S2 §18)."""
