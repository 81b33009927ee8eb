"""What only development has: one command with a database, a user and reloading."""
