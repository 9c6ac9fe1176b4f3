"""What happens to memberships and accounts."""
