"""The selection grid: rows and kickoff fields as data, read from their own files."""
