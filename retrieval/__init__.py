"""The core of Tenkyo: values, ports, stores, search and grounded answers. Imports neither ingest nor app."""
