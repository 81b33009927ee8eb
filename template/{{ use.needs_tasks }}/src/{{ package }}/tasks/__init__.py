"""Work that outlives its process: a table, and what runs it (S0 §3.2, §6)."""
