"""Work that outlives its process: a table, and what runs it."""
