"""The page of a gene: what is known of it, whom to test next, and why."""
