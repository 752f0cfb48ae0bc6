"""What is wrong with an installation and its folders, and what to do about each; and the clearing of left-overs."""
