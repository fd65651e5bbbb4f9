"""Where documents come from: folders, single files, record files."""
