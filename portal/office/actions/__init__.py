"""What the Verwaltung does across rooms."""
