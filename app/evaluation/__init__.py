"""Measuring an index on questions: asking them, resuming, reporting. The effects around `retrieval.evaluation`."""
