"""Niederschriften: entries and outcomes per agenda item, finalising, PDF."""
