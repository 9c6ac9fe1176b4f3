"""What may be typed about meetings, one module per subject."""
