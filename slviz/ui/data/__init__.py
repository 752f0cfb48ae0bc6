"""What a page shows of data sets: choosing, bringing in, and a portrait."""
