"""What the Verwaltung may type across rooms."""
