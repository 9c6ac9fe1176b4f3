"""Themen: what the working group deals with over many meetings."""
