"""The metrics of two runs on the test rows that both share, and their differences."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Bool

from slviz.evaluation.comparison import (
    RESAMPLES,
    Difference,
    compare_classes,
    compare_errors,
    compare_links,
    compare_values,
)
from slviz.runs import Run
from slviz.splits.pair_split import TESTED
from slviz.ui.key_metrics import KEY_METRICS

PAIR_KEYS, GENE_KEYS = ["gene_a", "gene_b", "negative_kind"], ["gene"]


def compared_rows(run: Run, negative_kind: str) -> pd.DataFrame:
    """The test rows of a run that a kind of negatives is about; of classes those of genes that have one."""
    tested = run.predictions.loc[run.predictions["part"] == "test"]
    if "gene" in tested:
        return tested.loc[tested["actual"] != ""] if "actual" in tested else tested
    kinds = TESTED if negative_kind in KEY_METRICS["screen"][1] else ("known", negative_kind)
    return tested.loc[tested["negative_kind"].isin(kinds)]


def ends_of(rows: pd.DataFrame) -> list[str]:
    """The columns of the genes of a row."""
    return GENE_KEYS if "gene" in rows else ["gene_a", "gene_b"]


def differences_of_runs(
    one: Run,
    other: Run,
    *,
    negative_kind: str,
    within: Bool[np.ndarray, " rows"] | None = None,
    resamples: int = RESAMPLES,
) -> list[Difference]:
    """The metrics of the task of two runs on their shared test rows, each with its interval over draws of genes.

    Args:
        one, other: runs that were evaluated on the same rows.
        negative_kind: which negatives, as in `compared_rows`.
        within: which of these rows are measured; all when left out.
        resamples: how many draws of the genes.
    """
    every = [compared_rows(run, negative_kind) for run in (one, other)]
    rows, others = every if within is None else [of_run.loc[within] for of_run in every]
    genes = pd.Index(one.genes).get_indexer(rows[ends_of(rows)].to_numpy(dtype=object).ravel())
    genes = genes.reshape(len(rows), len(ends_of(rows)))
    scores = [of_run["prediction"] for of_run in (rows, others)]
    if "actual" not in rows:
        errors = (of_run.to_numpy(dtype=np.float64) for of_run in scores)
        return compare_errors(*errors, genes=genes, resamples=resamples)
    if one.spec.task.name == "classify":
        given = (of_run.to_numpy() for of_run in scores)
        return compare_classes(rows["actual"].to_numpy(), *given, genes=genes, resamples=resamples)
    compare = compare_values if negative_kind == "all" else compare_links
    predicted = (of_run.to_numpy(dtype=np.float64) for of_run in scores)
    return compare(rows["actual"].to_numpy(dtype=np.float64), *predicted, genes=genes, resamples=resamples)
