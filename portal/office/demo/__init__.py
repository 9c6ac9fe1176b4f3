"""A believable working group for trying the portal: invented persons, addresses under example.org."""
