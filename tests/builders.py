"""Small graphs and runs with known content, for tests of every floor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.datasets import (
    EVIDENCE_COLUMNS,
    GENE_INFO_COLUMNS,
    GeneColumns,
    GeneGraph,
    Relation,
    ScreenTable,
    Terms,
)
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.networks.training_record import BINS, TrainingRecord
from slviz.optimisers import OPTIMISERS
from slviz.runs import Attention, Run, RunSpec
from slviz.splits import SPLITS
from slviz.tasks import TASKS


def tiny_graph(genes: int = 40, pairs: int = 120, *, seed: int = 0, **changes: Any) -> GeneGraph:
    """A random graph with every optional part: features ppi and go (8 wide), interactions, terms, info, evidence."""
    random = np.random.default_rng(seed)
    upper = np.stack(np.triu_indices(genes, k=1), axis=1)
    chosen = np.sort(random.choice(len(upper), size=pairs, replace=False))
    known = upper[chosen].astype(np.int64)
    score = random.choice([0.19, 0.5, 0.86], size=pairs).astype(np.float32)
    symbols = tuple(f"GENE{number}" for number in range(genes))
    parts: dict[str, Any] = {
        "name": "tiny",
        "genes": symbols,
        "pairs": known,
        "score": score,
        "features": {name: random.normal(size=(genes, 8)).astype(np.float32) for name in ("ppi", "go")},
        "interactions": upper[random.choice(len(upper), size=pairs, replace=False)].T.astype(np.int64),
        "terms": Terms(
            ids=("T:1", "T:2"),
            names=("first half", "every third"),
            groups=("BP", "CC"),
            membership=sp.csr_array(np.stack([np.arange(genes) < genes // 2, np.arange(genes) % 3 == 0], axis=1)),
        ),
        "gene_info": pd.DataFrame(
            {
                column: {
                    "current_symbol": list(symbols),
                    "entrez_id": [str(1000 + number) for number in range(genes)],
                    "ensembl_id": [f"ENSG{number:011d}" for number in range(genes)],
                    "aliases": [f"ALIAS{number}|OLD{number}" for number in range(genes)],
                }.get(column, [f"{column} {number}" for number in range(genes)])
                for column in GENE_INFO_COLUMNS
            },
            dtype=str,
        ),
        "evidence": pd.DataFrame(
            {
                "pair": np.arange(pairs),
                "interaction": "SL",
                "evidence": [{19: "Daisy", 50: "GenomeRNAi", 86: "Synlethality"}[round(100 * s)] for s in score],
                "pubmed": [str(1 + row % 7) for row in range(pairs)],
                "context": "",
                "score": score,
            }
        )[list(EVIDENCE_COLUMNS)],
        "classes": {"side": np.array(["", "left", "right", "left", "right"] * genes, dtype=object)[:genes]},
        "synthetic": True,
    }
    return GeneGraph(**(parts | changes))


def tiny_screens(genes: int = 40, *, seed: int = 0) -> ScreenTable:
    """Two screens of sixty pairs each, the second one in two lines; a fifth of all tests are hits."""
    random = np.random.default_rng(seed + 1)
    upper = np.stack(np.triu_indices(genes, k=1), axis=1).astype(np.int64)
    first, second = (upper[np.sort(random.choice(len(upper), size=60, replace=False))] for _ in range(2))
    pairs = np.concatenate([first, second, second])
    return ScreenTable.of_texts(
        pairs,
        random.uniform(size=len(pairs)) < 0.2,
        random.normal(size=len(pairs)).astype(np.float32),
        screen=np.repeat(["First 2020", "Second 2021", "Second 2021"], 60),
        cell_line=np.repeat(["HeLa", "HeLa", "A549"], 60),
        reference=np.repeat(["doi:1", "doi:2", "doi:2"], 60),
    )


def tiny_further_parts(genes: int = 40, *, seed: int = 0) -> dict[str, Any]:
    """A public split, screens, paralogs with identity, gene sets and gene columns for `tiny_graph(**…)`."""
    random = np.random.default_rng(seed + 2)
    upper = np.stack(np.triu_indices(genes, k=1), axis=1).astype(np.int64)
    related = upper[np.sort(random.choice(len(upper), size=50, replace=False))]
    return {
        "public_split": np.array(["train", "train", "validation", "test", "train", "test", ""] * genes, dtype=object)[
            :genes
        ],
        "screens": tiny_screens(genes, seed=seed),
        "relations": {"paralogs": Relation(related, {"identity_percent": random.uniform(20, 90, size=50)})},
        "gene_sets": {
            "pfam": Terms(
                ids=("PF1", "PF2"),
                names=("PF1", "PF2"),
                groups=("", ""),
                membership=sp.csr_array(np.stack([np.arange(genes) % 4 == 0, np.arange(genes) % 5 == 1], axis=1)),
            )
        },
        "gene_columns": GeneColumns(
            {
                "papers": random.integers(1, 500, size=genes).astype(np.float64),
                "essential_class": np.array(["core", "none"] * genes, dtype=object)[:genes],
            }
        ),
    }


def _first_screen(graph: GeneGraph) -> str:
    return "" if graph.screens is None else graph.screens.names[0]


def tiny_spec(graph: GeneGraph, *, task: str = "link", network: str = "gat", features: str = "both") -> RunSpec:
    """A spec on `graph` with every setting at its default."""
    return RunSpec.of(
        graph,
        task=TASKS.make(task),
        network=NETWORKS.make(network),
        features=FEATURE_SETS.make(features),
        split=SPLITS.make("screen", screen=_first_screen(graph)) if task == "screen" else SPLITS.make("pairs"),
        optimiser=OPTIMISERS.make("adam"),
    )


def tiny_run(graph: GeneGraph, *, task: str = "link", width: int = 6, seed: int = 0) -> Run:
    """A run on `graph` with random content of the right shapes; nothing was trained."""
    random = np.random.default_rng(seed)
    a, b = graph.pairs.T
    link = task == "link"
    rows = len(graph.pairs)
    parts = random.choice(["train", "validation", "test"], size=rows, p=[0.6, 0.2, 0.2])
    known = pd.DataFrame(
        {
            "gene_a": np.asarray(graph.genes)[a],
            "gene_b": np.asarray(graph.genes)[b],
            "part": parts,
            "negative_kind": "known",
            "actual": np.ones(rows, dtype=np.float32) if link else graph.score,
            "prediction": random.uniform(0.3, 1.0, size=rows).astype(np.float32),
            "max degree": random.uniform(size=rows).astype(np.float32),
        }
    )
    shuffled = known.assign(
        gene_b=random.permutation(known["gene_b"].to_numpy()),
        negative_kind="random",
        actual=np.float32(0),
        prediction=random.uniform(0.0, 0.7, size=rows).astype(np.float32),
    )
    sources = np.r_[np.arange(len(graph)), a, b]
    targets = np.r_[np.arange(len(graph)), b, a]
    weight = random.uniform(0.1, 1.0, size=(2, 2, len(sources))).astype(np.float32)
    for layer in weight:
        for head in layer:
            head /= np.bincount(targets, weights=head, minlength=len(graph))[targets]
    epochs = np.arange(1, 6)
    return Run(
        spec=tiny_spec(graph, task=task),
        genes=graph.genes,
        history=pd.DataFrame(
            {"epoch": epochs, "train_loss": 1 / epochs, "validation_loss": 1.1 / epochs, "seconds": 0.1}
        ),
        embedding=random.normal(size=(len(graph), width)).astype(np.float32),
        decoder={},
        predictions=pd.concat([known, shuffled], ignore_index=True) if link else known,
        metrics=pd.DataFrame(
            {
                "model": ["network", "max degree"],
                "part": "test",
                "negative_kind": "random" if link else "all",
                "metric": "auc" if link else "rmse",
                "value": [0.9, 0.8],
            }
        ),
        attention=Attention(edges=np.stack([sources, targets]).astype(np.int64), weight=weight),
    )


def a_record() -> TrainingRecord:
    """How two parts fared over three epochs."""
    return TrainingRecord(
        parts=("layer 1", "decoder"),
        epochs=np.array([1, 2, 3]),
        gradient_norm=np.array([[1, 2], [0.5, 1], [0.25, 0.5]], np.float32),
        dead=np.array([[0.0], [0.25], [0.5]], np.float32),
        moments=np.array([0, 3]),
        low=np.full((2, 2), -1, np.float32),
        high=np.full((2, 2), 1, np.float32),
        counts=np.arange(4 * BINS).reshape(2, 2, BINS),
        memory_bytes=300_000_000,
    )
