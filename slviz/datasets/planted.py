"""What is planted in the demo data set: genes on routes, their pairs, interactions and terms.

What is planted:

- Twenty processes run over two routes each (`REP1`, `REP2`); a route is a pathway of twenty genes. Losing one
  route is survivable while the other works, so synthetic-lethal pairs lie *between* routes: between the two of a
  process, and between each first route and one other process's second route.
- In each route the genes of parts 1 to 10 are its core. Of two compensating routes, most core × core pairs are
  synthetic lethal. Parts 1 to 6 have a paralogue on the other route of their process: always lethal together.
- Four hub screens list a gene against most genes of some routes and against chance hits; two of the hubs are
  near-duplicates from one screen.
- Chance pairs from text mining stand for what is wrong in any collection.
- A quarter of the compensation and hub pairs is planted and *not* listed among the known pairs: a model that
  understood the pathways ranks them high. They stand in `truth_pairs.tsv`.
- Interactions, terms and features follow the routes, with noise. Every kind of evidence has a score level of its own.

All names, identifiers and references are invented and look invented: a symbol such as `REP1.07` has a dot, which
no human gene symbol has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

SEED = 20
PARTS = 20
CORE = 10
PARALOGUES = 6
BYSTANDERS = 200
HUBS = ("BYS.001", "BYS.002", "BYS.003", "BYS.004")  # the first two are near-duplicates
LISTED = 0.75
LEVEL = {"GenomeRNAi": 0.50, "Daisy": 0.19, "Text Mining": 0.18, "Synlethality": 0.86, "Decipher": 0.54}
PROCESSES = {
    "APO": "cell death",
    "AUT": "autophagy",
    "CHR": "chromatin remodelling",
    "CYT": "cell shape",
    "GLY": "sugar breakdown",
    "HRR": "break repair",
    "ION": "ion transport",
    "LIP": "lipid synthesis",
    "MIT": "cell division",
    "NUC": "nucleotide synthesis",
    "OXP": "respiration",
    "PRO": "protein degradation",
    "REP": "DNA replication",
    "RIB": "ribosome assembly",
    "SIG": "growth signalling",
    "SPL": "splicing",
    "TRF": "membrane traffic",
    "TRL": "translation",
    "TRX": "transcription",
    "UPT": "nutrient uptake",
}


class Chance:
    """Random numbers from PCG64's raw stream, which NumPy promises never to change (unlike `Generator`'s methods)."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> np.ndarray:
        """Numbers in [0, 1)."""
        raw = self._bits.random_raw(int(np.prod(shape)))
        return (np.atleast_1d(raw) >> np.uint64(11)).astype(np.float64).reshape(shape) / 2.0**53

    def bell(self, size: int) -> np.ndarray:
        """Roughly normal numbers, mean 0 and variance 1: twelve uniform ones, added."""
        return self.uniform(size, 12).sum(axis=1) - 6.0

    def below(self, high: int, size: int) -> np.ndarray:
        """Whole numbers from 0 to high - 1."""
        return (self.uniform(size) * high).astype(np.int64)


@dataclass(frozen=True)
class PlantedGenes:
    """The genes in alphabetical order; -1 where a bystander has no route or part.

    Attributes:
        symbol: [G].
        process, route, part: int64 [G]; route counts 0 to 39, part 1 to 20.
    """

    symbol: np.ndarray
    process: np.ndarray
    route: np.ndarray
    part: np.ndarray

    @property
    def core(self) -> np.ndarray:
        return (self.part >= 1) & (self.part <= CORE)

    def __len__(self) -> int:
        return len(self.symbol)


def planted_genes() -> PlantedGenes:
    """The thousand genes."""
    rows = [
        (f"{process}{route}.{part:02d}", number, 2 * number + route - 1, part)
        for number, process in enumerate(PROCESSES)
        for route in (1, 2)
        for part in range(1, PARTS + 1)
    ]
    rows += [(f"BYS.{number:03d}", -1, -1, -1) for number in range(1, BYSTANDERS + 1)]
    symbol, process, route, part = zip(*sorted(rows), strict=True)
    return PlantedGenes(np.array(symbol), np.array(process), np.array(route), np.array(part))


def compensating_routes() -> np.ndarray:
    """int64 [40, 2]: route numbers that make up for each other, both routes of a process first."""
    process = np.arange(len(PROCESSES))
    within = np.stack([2 * process, 2 * process + 1], axis=1)
    across = np.stack([2 * process, 2 * ((process + 7) % len(PROCESSES)) + 1], axis=1)
    return np.concatenate([within, across])


def planted_pairs(genes: PlantedGenes, chance: Chance) -> pd.DataFrame:
    """Rows of gene numbers `a` < `b`, reason, `study` (which pairs were found together), strength 0 to 1, `listed`."""
    tables = [_compensation(genes, chance), _paralogues(genes), _hub_screens(genes, chance)]
    planted = pd.concat(tables, ignore_index=True)
    low, high = np.minimum(planted["a"], planted["b"]), np.maximum(planted["a"], planted["b"])
    planted = planted.assign(a=low, b=high).query("a != b").drop_duplicates(["a", "b"], keep="last")
    planted = planted.sort_values(["a", "b"], ignore_index=True)
    kept = (chance.uniform(len(planted)) < LISTED) | (planted["reason"] == "paralogue")
    return planted.assign(listed=kept)


def _compensation(genes: PlantedGenes, chance: Chance) -> pd.DataFrame:
    parts = []
    for study, (first, second) in enumerate(compensating_routes()):
        a = np.flatnonzero((genes.route == first) & genes.core)
        b = np.flatnonzero((genes.route == second) & genes.core)
        left, right = np.repeat(a, len(b)), np.tile(b, len(a))
        strength = 1 - (genes.part[left] + genes.part[right]) / (2 * CORE + 2)
        lethal = chance.uniform(len(left)) < 0.45 + 0.4 * strength
        parts.append(pd.DataFrame({"a": left, "b": right, "study": study, "strength": strength})[lethal])
    return pd.concat(parts, ignore_index=True).assign(reason="compensation")


def _paralogues(genes: PlantedGenes) -> pd.DataFrame:
    first = np.flatnonzero((genes.route % 2 == 0) & (genes.part >= 1) & (genes.part <= PARALOGUES))
    second = np.flatnonzero((genes.route % 2 == 1) & (genes.part >= 1) & (genes.part <= PARALOGUES))
    study = 100 + genes.process[first] % 5
    return pd.DataFrame({"a": first, "b": second, "study": study, "strength": 1.0, "reason": "paralogue"})


def _hub_screens(genes: PlantedGenes, chance: Chance) -> pd.DataFrame:
    parts, hits = [], np.empty(0, dtype=np.int64)
    for number, symbol in enumerate(HUBS):
        hub = int(np.flatnonzero(genes.symbol == symbol)[0])
        if number != 1:  # the second hub is a near-duplicate of the first: the same screen, listed again
            sensitive = np.isin(genes.route, (np.arange(16) * 3 + 5 * number) % (2 * len(PROCESSES)))
            odds = np.where(sensitive, 0.85, 0.06)
            hits = np.flatnonzero((chance.uniform(len(genes)) < odds) & ~np.isin(genes.symbol, HUBS))
        strength = np.where(genes.route[hits] >= 0, 0.7, 0.2)
        parts.append(pd.DataFrame({"a": hub, "b": hits, "study": 200 + max(number, 1), "strength": strength}))
    return pd.concat(parts, ignore_index=True).assign(reason="hub screen")


def known_pairs(genes: PlantedGenes, planted: pd.DataFrame, chance: Chance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The pairs of the data set and the records behind them, as their files show them."""
    known = planted.query("listed").drop(columns="listed")
    known = pd.concat([known, chance_pairs(genes, planted, chance)], ignore_index=True)
    known = known.sort_values(by=["a", "b"], ignore_index=True)
    kind = _kind_of_evidence(known)
    level = np.array([LEVEL[pair_kind] for pair_kind in kind])
    score = level + 0.08 * (known["strength"].to_numpy() - 0.5) + 0.012 * chance.bell(len(known))
    known = known.assign(score=[f"{value:.3f}" for value in np.clip(score, 0.01, 0.99)])
    second = chance.uniform(len(known)) < 0.03
    named = pd.DataFrame(
        {
            "gene_a": genes.symbol[known["a"]],
            "gene_b": genes.symbol[known["b"]],
            "interaction": np.where(known["reason"] == "hub screen", "SDL", "SL"),
            "evidence": np.where(second & (kind != "Text Mining"), kind + ";Text Mining", kind),
            "pubmed": [f"demo-{study:03d}" for study in known["study"]],
            "context": np.where(known["reason"] == "hub screen", "invented cell line", ""),
            "score": known["score"],
        }
    )
    recorded = chance.uniform(len(named)) >= 0.005  # a few pairs have no record, as in SynLethDB
    return named.reindex(columns=["gene_a", "gene_b", "score"]), named.loc[recorded, :]


def chance_pairs(genes: PlantedGenes, planted: pd.DataFrame, chance: Chance, *, size: int = 150) -> pd.DataFrame:
    """Pairs that are listed for no reason; none of them is planted. Columns as of `planted_pairs`, without `listed`."""
    a, b = chance.below(len(genes), size), chance.below(len(genes), size)
    drawn = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b)}).query("a < b").drop_duplicates()
    taken = drawn.merge(planted[["a", "b"]], how="left", indicator=True)["_merge"].to_numpy() == "both"
    drawn = drawn[~taken].reset_index(drop=True)
    return drawn.assign(study=300 + drawn.index % 9, strength=0.3, reason="chance")


def _kind_of_evidence(known: pd.DataFrame) -> np.ndarray:
    """Kind of evidence of each pair, as objects: it follows the reason, and for compensation the study."""
    kind = np.array(["Daisy", "Decipher", "GenomeRNAi"], dtype=object)[known["study"].to_numpy() % 3]
    for reason, its_kind in (("paralogue", "Synlethality"), ("hub screen", "GenomeRNAi"), ("chance", "Text Mining")):
        kind[known["reason"].to_numpy() == reason] = its_kind
    return kind


def planted_interactions(genes: PlantedGenes, chance: Chance) -> np.ndarray:
    """int64 [2, E]: dense within a route, rare between the routes of a process, chance ones anywhere."""
    a, b = np.triu_indices(len(genes), k=1)
    in_route = genes.route[a] >= 0
    same_route = in_route & (genes.route[a] == genes.route[b])
    same_process = in_route & (genes.process[a] == genes.process[b])
    odds = np.select([same_route & genes.core[a] & genes.core[b], same_route, same_process], [0.45, 0.25, 0.02], 0.0012)
    silent = np.isin(genes.symbol, [f"BYS.{number:03d}" for number in range(171, BYSTANDERS + 1)])
    odds = np.where(silent[a] | silent[b], 0.0, odds)  # thirty genes have no known interaction
    return np.stack([a, b])[:, chance.uniform(len(a)) < odds]


def planted_terms(genes: PlantedGenes, chance: Chance) -> tuple[list[tuple[str, str]], sp.csr_array]:
    """Name and group of each term, and the genes × terms table."""
    named: list[tuple[str, str]] = []
    members: list[np.ndarray] = []

    def add(name: str, group: str, belongs: np.ndarray, *, complete: float, stray: float) -> None:
        odds = np.where(belongs, complete, stray)
        named.append((name, group))
        members.append(chance.uniform(len(genes)) < odds)

    for number, (code, process) in enumerate(PROCESSES.items()):
        add(process, "BP", genes.process == number, complete=0.85, stray=0.004)
        for route in (0, 1):
            inside = genes.route == 2 * number + route
            add(f"{process}, route {code}{route + 1}", "BP", inside, complete=0.75, stray=0.002)
        for part in range(1, PARALOGUES + 1):
            family = (genes.process == number) & (genes.part == part)
            add(f"{code} family {part} activity", "MF", family, complete=1.0, stray=0.001)
    for part in range(1, PARTS + 1):
        add(f"activity of part {part}", "MF", genes.part == part, complete=0.6, stray=0.01)
    for place in range(10):
        add(f"compartment {place + 1}", "CC", genes.process % 10 == place, complete=0.7, stray=0.05)
    return named, sp.csr_array(np.stack(members, axis=1))
