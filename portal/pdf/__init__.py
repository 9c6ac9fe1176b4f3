"""Data in, tagged PDF out; knows no noun of the domain."""
