"""Pages across rooms for every reader: start page, topic page, legal pages."""
