"""API keys: how other services prove who they are."""
