"""Measuring search and answers on questions: decoding, judging, statistics, comparison. Pure."""
