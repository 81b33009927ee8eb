"""Documents: what the service collects, and the example that runs through its parts."""
