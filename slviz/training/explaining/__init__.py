"""Why a network scores a pair as it does, and whether that holds when edges are removed. Needs torch and weights."""
