"""The inventory of secrets: what exists, who owns it, how old it is (S0 §15.2)."""
