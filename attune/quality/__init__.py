"""Pages that show how well recordings were segmented."""
