"""Pages of the members and of one's own account."""
