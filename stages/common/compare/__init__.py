"""What `python -m stages.compare` is made of. Revisions are read from git alone, without data."""
