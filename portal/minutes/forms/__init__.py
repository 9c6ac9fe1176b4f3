"""What the clerk may type."""
