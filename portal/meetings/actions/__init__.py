"""What happens to meetings, one module per subject."""
