"""Kommune, Gremien, persons, memberships, sign-in."""
