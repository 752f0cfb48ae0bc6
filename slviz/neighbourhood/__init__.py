"""The genes around a gene, as a trained network attends to them."""

from slviz.neighbourhood.attention_index import AttentionIndex, Direction
from slviz.neighbourhood.ego_network import neighbourhood
from slviz.neighbourhood.result import (
    AMONG,
    CENTRE,
    FURTHER,
    HELD_OUT,
    KNOWN,
    OTHER,
    OUTER,
    PREDICTED,
    RELATIONS,
    SPOKE,
    Neighbourhood,
)

__all__ = [
    "AMONG",
    "CENTRE",
    "FURTHER",
    "HELD_OUT",
    "KNOWN",
    "OTHER",
    "OUTER",
    "PREDICTED",
    "RELATIONS",
    "SPOKE",
    "AttentionIndex",
    "Direction",
    "Neighbourhood",
    "neighbourhood",
]
