"""The inventory of secrets: what exists, who owns it, how old it is."""
