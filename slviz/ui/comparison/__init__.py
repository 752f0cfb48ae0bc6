"""The pages Compare and Results: runs side by side."""
