"""Fitting the evidence rule to an index: cases, bounds, made-up questions, and the form it is kept in. Pure."""
