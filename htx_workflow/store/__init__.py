"""Remembers: the only place that speaks SQL (SQLModel tables, Alembic migrations)."""
