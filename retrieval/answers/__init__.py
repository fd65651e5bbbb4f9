"""Answers: what was found becomes claims with verified citations, or a plain `not found`."""
