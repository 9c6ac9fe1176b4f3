"""`make bench`: the budgets of ARCHITECTURE.md, measured."""
