"""Who did what, when, to which version."""
