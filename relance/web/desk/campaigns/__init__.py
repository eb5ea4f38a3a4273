"""CAMPAIGNS: groups of customers by rules, and what is sent to them once."""
