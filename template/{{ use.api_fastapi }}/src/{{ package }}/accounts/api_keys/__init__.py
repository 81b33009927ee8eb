"""API keys: how other services prove who they are (S3 §9.1, S4 Authorization)."""
