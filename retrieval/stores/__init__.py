"""Where everything is kept: adapters of the store port, and what they have in common."""
