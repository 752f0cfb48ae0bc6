"""Why a network scores a pair as it does, and whether that holds when edges are taken away. Needs torch and weights."""
