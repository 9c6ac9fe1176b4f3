"""The Verwaltung's own pages, across rooms."""
