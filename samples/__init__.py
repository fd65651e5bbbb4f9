"""The knowledge base of an invented company, and the script that makes it."""
