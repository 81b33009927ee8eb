"""PostgreSQL: engine, unit of work, migrations, and a server for development."""
