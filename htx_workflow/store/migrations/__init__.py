"""Alembic environment and versions of the schema."""
