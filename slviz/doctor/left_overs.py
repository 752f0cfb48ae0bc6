"""All that killed processes left on this machine: in the models folder, the cache, beside the data sets, in /tmp."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from slviz.datasets.cache import cache_folder, left_over_in_cache
from slviz.datasets.fetch import left_over_downloads
from slviz.datasets.uploads import left_over_uploads
from slviz.disk.ages import is_old
from slviz.disk.left_over import LeftOver, folders_in
from slviz.gene_sets import left_over_selections
from slviz.pipeline.jobs import left_over_jobs
from slviz.places import own_data
from slviz.runs.left_over import left_over_in_models
from slviz.sweeps.cluster import left_over_marks
from slviz.tuning.studies import left_over_studies
from slviz.vectors.store import left_over_vectors

UPLOADED = "slviz-upload-"
UPLOAD_SECONDS = 86_400.0
"""So long an upload may take that a server holds in a temporary folder."""


@dataclass(frozen=True)
class Places:
    """Where slviz writes.

    Attributes:
        models: the models folder.
        cache: the cache of data sets, and uploads.
        fetched: where the data set that can be fetched is put.
        temporary: the system's folder for temporary files.
    """

    models: Path
    cache: Path
    fetched: Path
    temporary: Path

    @classmethod
    def of(cls, models: Path) -> Places:
        """The usual places beside this models folder."""
        return cls(models, cache_folder(), own_data() / "synlethdb", Path(tempfile.gettempdir()))


def left_overs(places: Places) -> list[LeftOver]:
    """All that was left; what a living process uses is not among it. Only names that slviz gives are looked at."""
    models = places.models
    return [
        *left_over_in_models(models),
        *left_over_vectors(models),
        *left_over_selections(models),
        *left_over_studies(models),
        *left_over_marks(models),
        *left_over_jobs(models),
        *left_over_in_cache(places.cache),
        *left_over_uploads(places.cache),
        *left_over_downloads(places.fetched),
        *_temporary(places.temporary),
    ]


def clear_at_start(places: Places) -> int:
    """Clear what a start may clear; how much that was. What can be gone on with, as a download, is left alone."""
    resumable = places.fetched.with_name(f"{places.fetched.name}.part")
    return sum(left.clear() for left in left_overs(places) if left.path != resumable)


def _temporary(place: Path) -> list[LeftOver]:
    """Files of uploads of this account whose server was killed."""
    left_overs = []
    for folder in folders_in(place, begin=UPLOADED):
        if is_old(folder, UPLOAD_SECONDS) and _is_ours(folder):
            left_overs.append(LeftOver(folder, "an upload of a server that was killed"))
    return left_overs


def _is_ours(folder: Path) -> bool:
    try:
        return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False
