"""Fitting the evidence rule to the index at hand: by a command, and by itself after an ingest that changed much."""
