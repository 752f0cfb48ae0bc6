"""The Neighbourhood page, and the deletion test beside its attention."""
