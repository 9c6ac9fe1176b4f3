"""How things look; knows no noun of the domain."""
