"""Classes of genes: which sets of classes a data set has, and the one class of each gene in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from slviz.datasets.graph import GeneGraph, Terms
from slviz.datasets.planted import PROCESSES, planted_genes
from slviz.errors import DataError, InvalidSetting, nearest

AUTO = "auto"
COMPARTMENT = "compartment"
PATHWAY, PROCESS = "pathway", "process"
COMPARTMENTS = (
    "GO:0005886",  # plasma membrane
    "GO:0005694",  # chromosome
    "GO:0005576",  # extracellular region
    "GO:0005739",  # mitochondrion
    "GO:0005783",  # endoplasmic reticulum
    "GO:0005794",  # Golgi apparatus
)
"""Large compartments that overlap little. Nucleus and cytosol hold most genes of the others: they tell none apart."""
SEPARATOR = ";"


@dataclass(frozen=True, eq=False)
class GeneClasses:
    """One class for each gene that has exactly one. G genes, K classes.

    Attributes:
        names: of the classes, unique.
        label: int64 [G], number of the gene's class, -1 where it has none or several.
        several: how many genes are in several classes, and so in none here.
        origin: a sentence on where the classes come from, for a person.
        terms: numbers of the terms of the data set that the classes were made from; empty where none.
    """

    names: tuple[str, ...]
    label: Int64[np.ndarray, " genes"]
    several: int
    origin: str
    terms: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.label.setflags(write=False)

    @property
    def labelled(self) -> Bool[np.ndarray, " genes"]:
        """Which genes have a class."""
        return self.label >= 0

    @property
    def name_of_each(self) -> np.ndarray:
        """Text [G], "" where a gene has no class."""
        return np.array([*self.names, ""], dtype=object)[self.label]

    def statement(self) -> str:
        """How many genes have a class, and why the others have none."""
        count, genes = int(self.labelled.sum()), len(self.label)
        none = genes - count - self.several
        coverage = f"{count:,} of {genes:,} genes have one of {len(self.names)} classes"
        why = [f"{none:,} are in none"] if none else []
        why += [f"{self.several:,} in several, which says nothing about which"] if self.several else []
        return f"{self.origin} {coverage}{'; ' if why else ''}{', '.join(why)}."


def class_sets(graph: GeneGraph) -> tuple[str, ...]:
    """Names of the sets of classes that a data set has of its own, the first one `auto`; empty where it has none."""
    sets = list(graph.classes)
    sets += [PATHWAY, PROCESS] if _is_planted(graph) else []
    sets += [COMPARTMENT] if len(_present(graph.terms)) > 1 else []
    return tuple(dict.fromkeys(sets))


def gene_classes(graph: GeneGraph, chosen: str = AUTO) -> GeneClasses:
    """The classes that `asked` names.

    Args:
        graph: the data set.
        asked: a name of `class_sets`, `auto` for the first of them, or terms of the data set by id or
            name with semicolons between them.

    Raises `DataError` where the data set has no classes, `InvalidSetting` where it has not those.
    """
    sets = class_sets(graph)
    if chosen == AUTO:
        if not sets:
            raise DataError(
                f"The data set '{graph.name}' has no classes of genes. Give it a file classes.tsv (heading: gene and a "
                "name for each set of classes), or name two or more of its terms with semicolons between them."
            )
        chosen = sets[0]
    if chosen in graph.classes:
        return _of_texts(graph.classes[chosen], f"Classes “{chosen}” of the data set.")
    if chosen in sets and chosen != COMPARTMENT:
        return _planted(chosen)
    if chosen in sets:
        return _of_terms(graph, _present(graph.terms), "Compartments of the Gene Ontology.")
    return _of_terms(graph, _chosen(graph, chosen, sets), "Terms of the data set.")


def _is_planted(graph: GeneGraph) -> bool:
    return graph.synthetic and graph.genes == tuple(planted_genes().symbol.tolist())


def _planted(name: str) -> GeneClasses:
    """The truth of the demo, which follows from its genes' names alone."""
    genes = planted_genes()
    if name == PROCESS:
        return GeneClasses(tuple(PROCESSES.values()), genes.process, 0, "Processes planted in the demo.")
    routes = tuple(f"{code}{route}" for code in PROCESSES for route in (1, 2))
    return GeneClasses(routes, genes.route, 0, "Pathways planted in the demo.")


def _of_texts(values: np.ndarray, origin: str) -> GeneClasses:
    names = sorted({str(text) for text in values} - {""})
    number = {name: at for at, name in enumerate(names)} | {"": -1}
    label = np.array([number[str(text)] for text in values], dtype=np.int64)
    return GeneClasses(tuple(names), label, 0, origin)


def _of_terms(graph: GeneGraph, terms: list[int], origin: str) -> GeneClasses:
    assert graph.terms is not None
    member = graph.terms.membership.tocsc()[:, terms].toarray().astype(bool)  # [G, K]
    count = member.sum(axis=1)
    label = np.where(count == 1, member.argmax(axis=1), -1).astype(np.int64)
    names = [graph.terms.names[term] for term in terms]
    repeated = {name for name, count in Counter(names).items() if count > 1}
    term_names = [
        f"{name} ({graph.terms.ids[term]})" if name in repeated else name
        for name, term in zip(names, terms, strict=True)
    ]
    return GeneClasses(tuple(term_names), label, int((count > 1).sum()), origin, tuple(terms))


def _present(terms: Terms | None) -> list[int]:
    """Numbers of the compartments that a term table has."""
    if terms is None:
        return []
    number = {identifier: at for at, identifier in enumerate(terms.ids)}
    return [number[compartment] for compartment in COMPARTMENTS if compartment in number]


def _chosen(graph: GeneGraph, listed: str, sets: tuple[str, ...]) -> list[int]:
    """Numbers of the terms that were typed."""
    terms = graph.terms
    ids = {} if terms is None else {term_id.casefold(): at for at, term_id in enumerate(terms.ids)}
    names: dict[str, int] = {}
    for at, name in enumerate(() if terms is None else terms.names):
        names.setdefault(name.casefold(), at)
    known = names | ids
    typed = [word.strip() for word in listed.split(SEPARATOR) if word.strip()]
    unknown = [word for word in typed if word.casefold() not in known]
    has = ", ".join(sets) or "none of its own"
    if unknown:
        suggestion = nearest(unknown[0], [*sets, *(() if terms is None else terms.names)])
        raise InvalidSetting(
            f"The data set '{graph.name}' has no classes and no term called '{unknown[0]}'.{suggestion} "
            f"Sets of classes: {has}; or name terms by name or id, with semicolons between them."
        )
    numbers = list(dict.fromkeys(known[word.casefold()] for word in typed))
    if len(numbers) < 2:
        raise InvalidSetting(
            f"classes='{listed}' names {len(numbers)} term of '{graph.name}'; telling classes apart needs two or more, "
            f"with semicolons between them. Sets of classes: {has}."
        )
    return numbers
