"""The message broker: where it is, and whether it answers."""
