"""How the sample documents are made: from readable sources to files that are the same byte for byte every time."""
