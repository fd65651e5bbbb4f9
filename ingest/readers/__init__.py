"""Readers: each turns the bytes of one kind of file into an extraction. Heavy libraries load on first use."""
