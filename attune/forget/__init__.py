"""`attune forget`: removes a person's recordings and all that was made of them, then searches."""
