"""Metric: what a metric is called, what it says, and which direction is better; the table of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slviz.evaluation.ranking import CUTS, TOP
from slviz.evaluation.screens import CUTS as SCREEN_CUTS

AMONG_THE_DRAWN = (
    "Measured among the drawn pairs, where real ones are frequent. Among all pairs of genes they are rare, so a small "
    "value does not make the score a probability that a pair is real."
)


@dataclass(frozen=True)
class Metric:
    """What a metric is called, what it says, and which direction is better."""

    key: str
    label: str
    help: str
    higher_is_better: bool


METRICS: Mapping[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric("auc", "ROC AUC", "Chance that a real pair scores above a negative one; 0.5 is guessing.", True),
        Metric("ap", "Average precision", "Mean share of real pairs above each real pair in the ranking.", True),
        Metric("f1", "F1", "Balance of precision and recall at the threshold that was best on validation.", True),
        Metric("threshold", "Threshold", "Score from which a pair counts as predicted; chosen on validation.", True),
        Metric(
            "brier",
            "Brier score",
            "Mean squared distance of the score from 1 or 0; `mean` gives every pair the share of real ones among the "
            f"validation pairs. {AMONG_THE_DRAWN}",
            False,
        ),
        Metric(
            "ece",
            "Calibration error",
            "How far scores are from the share of real pairs. `mean` has next to none and tells no pair from another: "
            f"read it beside the Brier score. {AMONG_THE_DRAWN}",
            False,
        ),
        Metric("rmse", "RMSE", "Typical distance of the prediction from the score, large misses counting more.", False),
        Metric("mae", "MAE", "Mean distance of the prediction from the score.", False),
        Metric("r2", "R²", "Share of the differences between scores that is predicted; 0 is the mean.", True),
        Metric("spearman", "Spearman ρ", "Agreement of the two rankings, from −1 to 1.", True),
        Metric("macro_f1", "Macro F1", "Mean F1 of the classes: a rare one counts as much as a large one.", True),
        Metric("accuracy", "Accuracy", "Share of the genes that were given their own class.", True),
        Metric("balanced_accuracy", "Balanced accuracy", "Mean recall of the classes; guessing gets one in K.", True),
        Metric("recall", "Recall", "Share of a class's genes that were given it.", True),
        Metric("precision", "Precision", "Share of the genes that were given a class which are of it.", True),
        Metric(
            "faithfulness",
            "Faithfulness",
            "Share of random edges that move a prediction less than the most attended ones do, over 200 test pairs; "
            "0.5 by chance. Measured on request.",
            True,
        ),
        Metric(f"recall@{TOP}", f"Recall at {TOP:,}", f"Share of the real pairs among the {TOP:,} highest.", True),
        *(
            Metric(f"ndcg@{k}", f"NDCG@{k}", f"How near the top {k} of a gene are to all real partners first.", True)
            for k in CUTS
        ),
        *(
            Metric(f"recall@{k}", f"Recall@{k}", f"Share of a gene's real partners among its top {k}.", True)
            for k in CUTS
        ),
        *(
            Metric(
                f"precision@{k}",
                f"Capped precision@{k}",
                f"Real partners among a gene's top {k}, over the most that there could be: {k}, or all its tested "
                f"partners where it has fewer. Not the share of {k} tests that would succeed.",
                True,
            )
            for k in CUTS
        ),
        Metric(
            "base_rate", "Base rate", "Share of hits among the tested pairs: the average precision of chance.", True
        ),
        *(
            Metric(
                f"hits@{k}",
                f"Hits@{k}",
                f"Hits among the {k} tested pairs with the highest scores; `mean` finds what chance finds.",
                True,
            )
            for k in SCREEN_CUTS
        ),
        *(
            Metric(f"enrichment@{k}", f"Enrichment@{k}", f"Hits among the first {k}, over those of chance.", True)
            for k in SCREEN_CUTS
        ),
        Metric("auc_low", "ROC AUC, from", "Lower end of the 95 % interval when genes are drawn anew.", True),
        Metric("auc_high", "ROC AUC, to", "Upper end of the 95 % interval when genes are drawn anew.", True),
        Metric("ap_low", "Average precision, from", "Lower end of the 95 % interval when genes are drawn anew.", True),
        Metric("ap_high", "Average precision, to", "Upper end of the 95 % interval when genes are drawn anew.", True),
        Metric(
            "coverage_hit",
            "Hits covered",
            "Share of the hits whose answer leaves “hit” open; the level that was promised, or more, is right.",
            True,
        ),
        Metric(
            "coverage_no_hit",
            "Non-hits covered",
            "Share of the tested non-hits whose answer leaves “no hit” open.",
            True,
        ),
        Metric("cannot_say", "Cannot say", "Share of the tested pairs that are told neither hit nor no hit.", False),
    )
}
