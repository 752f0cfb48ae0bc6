"""How files are written whole, who uses them, how old they are, and what a killed process left of them."""
