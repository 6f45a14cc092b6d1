"""Queries in our own writing: templates by topic, and how people vary them as they type."""
