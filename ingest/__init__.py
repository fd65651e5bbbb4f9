"""The batch side of Tenkyo: sources, readers, chunks, index. Imports retrieval, never app."""
