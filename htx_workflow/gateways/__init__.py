"""Touches the outside: YAML, mail servers, templates, the holidays library."""
