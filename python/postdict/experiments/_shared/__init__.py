"""What several experiments use, below all of them."""
