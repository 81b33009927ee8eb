"""Work in the background: what is scheduled, and the process that does it."""
