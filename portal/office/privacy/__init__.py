"""What the data-protection officer asks for: a person's data handed out, erased, and kept no longer than needed."""
