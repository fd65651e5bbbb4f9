"""Japanese and English text: folding, language, sentences, tokens, facts. Pure: no I/O, no clock."""
