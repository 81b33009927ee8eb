"""How much each caller has sent: counted once for the whole service."""
