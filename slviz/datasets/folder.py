"""Reading a data folder into a GeneGraph, with a report of all that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from slviz.datasets.content import Content, read_bytes, read_text
from slviz.datasets.graph import GeneGraph
from slviz.datasets.layout import Layout, find_layout
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.read_classes import read_classes
from slviz.datasets.read_features import read_feature
from slviz.datasets.read_gene_columns import read_gene_columns
from slviz.datasets.read_genes import read_gene_info, read_genes
from slviz.datasets.read_pairs import read_evidence, read_interactions, read_pairs
from slviz.datasets.read_pictures import LABEL, PictureTable, picture_names, read_picture_files, read_pictures
from slviz.datasets.read_public_split import read_public_split
from slviz.datasets.read_relations import read_relation, report_screens_in_relations
from slviz.datasets.read_screens import read_screens
from slviz.datasets.read_terms import read_terms
from slviz.datasets.report import Report
from slviz.errors import MalformedData, MissingDataFile


@dataclass(frozen=True)
class Snapshot:
    """All files of a folder as they were at one moment: what is hashed is what is read.

    Attributes:
        name: name of the folder.
        layout: which file has which role.
        settings: `dataset.toml`, or nothing.
        contents: the other files, by name; those that could not be read are missing.
        report: the problems found so far.
    """

    name: str
    layout: Layout
    settings: list[Content]
    contents: dict[str, Content]
    report: Report


def read_folder(folder: Path) -> tuple[GeneGraph, Report]:
    """The data set in a folder, and the report of what was read, what was left out and why.

    What is in doubt in a single row is left out and counted. Raises `MissingDataFile` when there is no such folder
    or no file of genes or pairs, and `MalformedData`, whose text is the whole report, when a file cannot be used.
    """
    return read_snapshot(take_snapshot(folder))


def take_snapshot(folder: Path) -> Snapshot:
    """Reads the bytes of all files that have a role. Raises `MissingDataFile` where the folder or genes or pairs
    are missing."""
    folder = Path(folder)
    name = folder.resolve().name
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.is_file() else "does not exist"
        raise MissingDataFile(f"The data folder '{folder}' {what}. Give the folder that holds genes and pairs.")
    report = Report(name)
    try:
        layout, settings = find_layout(folder, report)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise MissingDataFile(
            f"The data folder '{folder}' cannot be listed ({reason}). Check its permissions."
        ) from error
    if not layout.roles() and all(problem.file == "" for problem in report.fatal):
        raise MissingDataFile(report.text(), report=report)
    read = {file: read_bytes(folder, file, report) for file in layout.names()}
    contents = {file: content for file, content in read.items() if content is not None}
    return Snapshot(name, layout, settings, contents, report)


def read_snapshot(snapshot: Snapshot) -> tuple[GeneGraph, Report]:
    """As `read_folder`, from bytes that were read already."""
    layout, report = snapshot.layout, snapshot.report
    binary = {layout.files.get("pictures"), layout.files.get("labels"), *layout.picture_files}
    texts = {file: read_text(content, report) for file, content in snapshot.contents.items() if file not in binary}
    pictures = _pictures(snapshot)

    def text_of(role: str) -> tuple[str | None, str]:
        file = layout.files.get(role, "")
        return texts.get(file), file

    text, file = text_of("genes")
    if text is not None:
        genes = read_genes(text, file, report)
    elif pictures is None or report.fatal:
        _stop(report)
    else:
        genes = pictures.names or picture_names(len(pictures.pixels), layout.nouns.thing)
    if len(set(genes)) != len(genes) or not genes:
        _stop(report)  # everything else is numbered by this list
    index = pd.Index(genes, dtype=object)
    parts: dict[str, Any] = {"features": {}}
    filled: set[str] = set()
    for feature, file in layout.features.items():
        if (text := texts.get(file)) is not None:
            table = read_feature(text, file, len(genes), report, missing=layout.missing)
            if table is not None:
                parts["features"][feature] = table.matrix
                filled |= {feature} if table.is_filled else set()
    text, file = text_of("interactions")
    if text is not None:
        parts["interactions"] = read_interactions(text, file, index, report)
    text, file = text_of("terms")
    if text is not None:
        parts["terms"] = read_terms(text, file, index, report)
    text, file = text_of("gene_info")
    if text is not None:
        parts["gene_info"] = read_gene_info(text, file, index, report)
    text, file = text_of("classes")
    if text is not None:
        parts["classes"] = read_classes(text, file, index, report)
    text, file = text_of("public_split")
    if text is not None:
        parts["public_split"] = read_public_split(text, file, index, report)
    if pictures is not None:
        parts |= _of_pictures(pictures, parts, layout, len(genes), report)
    parts |= _further_parts(layout, texts, index, report)
    pairs, score = np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32)
    text, file = text_of("pairs")
    if text is not None:
        pairs, score = read_pairs(text, file, index, report)
        text, file = text_of("evidence")
        if text is not None and len(pairs):
            parts["evidence"] = read_evidence(text, file, index, pairs, report)
    if report.fatal:
        _stop(report)
    report.read["features"] = len(parts["features"])
    graph = GeneGraph(
        name=snapshot.name,
        genes=genes,
        pairs=pairs,
        score=score,
        title=layout.title,
        citation=layout.citation,
        licence=layout.licence,
        remark=layout.remark,
        synthetic=layout.synthetic,
        nouns=layout.nouns,
        filled_features=frozenset(filled),
        **parts,
    )
    return graph, report


def _pictures(snapshot: Snapshot) -> PictureTable | None:
    """The pictures of a folder; None where it has none, or with faults in the report."""
    layout, contents = snapshot.layout, snapshot.contents
    if layout.picture_files:
        return read_picture_files(contents, layout.picture_files, snapshot.report)
    content = contents.get(layout.files.get("pictures", ""))
    labels = contents.get(layout.files.get("labels", ""))
    return None if content is None else read_pictures(content, labels, snapshot.report)


def _of_pictures(
    pictures: PictureTable, parts: Mapping[str, Any], layout: Layout, genes: int, report: Report
) -> dict[str, Any]:
    """Pixels as a feature and labels as classes, beside what tables say of both."""
    if len(pictures.pixels) != genes:
        what = f"has {genes:,} names for {len(pictures.pixels):,} pictures"
        report.add(layout.files.get("genes", ""), what, "Write one a picture, in their order, or remove the list.")
    labels = {} if pictures.label is None else {LABEL: pictures.label}
    return {
        "features": {**parts["features"], PictureShape.feature: pictures.pixels},
        "classes": {**labels, **parts.get("classes", {})},
        "pictures": pictures.shape,
    }


def _further_parts(layout: Layout, texts: Mapping[str, str | None], genes: pd.Index, report: Report) -> dict[str, Any]:
    """Screens, relations, gene sets and gene columns, by the name of their attribute."""
    parts: dict[str, Any] = {"relations": {}, "gene_sets": {}}
    for name, file in layout.relations.items():
        if (text := texts.get(file)) is not None:
            parts["relations"][name] = read_relation(text, file, genes, report, name=name)
    for name, file in layout.gene_sets.items():
        if (text := texts.get(file)) is not None:
            parts["gene_sets"][name] = read_terms(text, file, genes, report, counted_as=f"sets of {name}")
    file = layout.files.get("gene_columns", "")
    if (text := texts.get(file)) is not None:
        parts["gene_columns"] = read_gene_columns(text, file, genes, report)
    file = layout.files.get("screens", "")
    if (text := texts.get(file)) is not None:
        parts["screens"] = screens = read_screens(text, file, genes, report)
        read = {name: relation for name, relation in parts["relations"].items() if relation is not None}
        if screens is not None:
            report_screens_in_relations(read, layout.relations, screens, report)
    return parts


def _stop(report: Report) -> NoReturn:
    missing = [problem for problem in report.fatal if problem.file == ""]
    error = MissingDataFile if missing and len(missing) == len(report.fatal) else MalformedData
    raise error(report.text(), report=report)
