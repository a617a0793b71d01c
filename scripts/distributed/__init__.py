"""What scripts/up-distributed starts, and how it tries it."""
