"""Who may use the service: users, sign-in, tokens, signing keys."""
