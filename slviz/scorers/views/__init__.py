"""Views: the sides from which a pair is seen, one file each, in one table."""

from __future__ import annotations

from slviz.scorers.views.co_publication import CoPublication
from slviz.scorers.views.coessential import Coessential
from slviz.scorers.views.domains import Domains
from slviz.scorers.views.essentiality import Essentiality
from slviz.scorers.views.families import Families
from slviz.scorers.views.interactions import Interactions
from slviz.scorers.views.location import Location
from slviz.scorers.views.partners import Partners
from slviz.scorers.views.seen_graph import SeenGraph
from slviz.scorers.views.terms import Terms
from slviz.scorers.views.view import RelationView, View

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        Partners(),
        CoPublication(),
        Interactions(),
        Terms(),
        Location(),
        Families(),
        Domains(),
        Essentiality(),
        Coessential(),
    )
}
"""By name, in the order of forms and tables; a new one goes last."""

__all__ = ["VIEWS", "RelationView", "SeenGraph", "View"]
