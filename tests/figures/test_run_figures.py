"""Figures of a run: rows are named by customdata, axes and lines say what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from sklearn.metrics import average_precision_score, roc_auc_score
from trials.run_files import a_record

from slviz.errors import InvalidSetting
from slviz.figures import (
    curves_of,
    degree_distribution,
    degree_ranks,
    precision_recall_curves,
    predicted_vs_actual,
    residuals,
    roc_curves,
    score_distribution,
    training_curves,
)
from slviz.figures.theme import framed, marked_synthetic, noted
from slviz.figures.training import step_curves, weight_histograms

CONFIDENCE = tiny_run(tiny_graph(), task="confidence").predictions
LINK = tiny_run(tiny_graph(), task="link").predictions


def points(figure) -> list:
    return [trace for trace in figure.data if trace.customdata is not None]


@pytest.mark.parametrize("draw", [predicted_vs_actual, residuals, lambda t, **k: residuals(t, over="actual", **k)])
def test_points_carry_their_row(draw) -> None:
    figure = draw(CONFIDENCE, webgl=False)
    rows = [row[0] for trace in points(figure) for row in trace.customdata]
    assert sorted(rows) == list(range(len(CONFIDENCE)))
    for trace in points(figure):
        table = CONFIDENCE.iloc[[row[0] for row in trace.customdata]]
        assert set(table["part"]) == {trace.legendgroup}
        assert trace.text[0].startswith(f"<b>{table['gene_a'].iloc[0]} – {table['gene_b'].iloc[0]}</b>")
    looks = {(trace.marker.color, trace.marker.symbol) for trace in points(figure)}
    assert len({colour for colour, _ in looks}) == len({symbol for _, symbol in looks}) == 3
    assert {trace.type for trace in figure.data} == {"scatter"}


def test_predicted_over_actual_with_the_identity() -> None:
    figure = predicted_vs_actual(CONFIDENCE, parts=["test"])
    trace = points(figure)[0]
    table = CONFIDENCE.iloc[[row[0] for row in trace.customdata]]
    assert np.array_equal(trace.x, table["actual"])
    assert np.array_equal(trace.y, table["prediction"])
    line = next(trace for trace in figure.data if trace.name == "predicted = actual")
    assert tuple(line.x) == tuple(line.y) == tuple(figure.layout.xaxis.range) == tuple(figure.layout.yaxis.range)
    assert line.line.dash == "dash"
    assert figure.layout.xaxis.title.text == "Actual score"


def test_residual_is_actual_minus_predicted() -> None:
    figure = residuals(CONFIDENCE, over="prediction")
    for trace in points(figure):
        table = CONFIDENCE.iloc[[row[0] for row in trace.customdata]]
        assert np.allclose(trace.y, table["actual"] - table["prediction"])
        assert np.allclose(trace.x, table["prediction"])
    assert "actual − predicted" in figure.layout.yaxis.title.text
    assert figure.layout.yaxis.range[0] == -figure.layout.yaxis.range[1]
    zero = next(trace for trace in figure.data if trace.name == "no error")
    assert tuple(zero.y) == (0, 0)


def test_crowds_are_shaded_by_their_number() -> None:
    many = pd.concat([CONFIDENCE] * 10, ignore_index=True)
    figure = predicted_vs_actual(many)
    assert figure.data[0].type == "heatmap"
    assert np.nansum(10 ** np.asarray(figure.data[0].z, dtype=float)) == pytest.approx(len(many), rel=1e-4)
    assert predicted_vs_actual(CONFIDENCE).data[0].type != "heatmap"


def test_evidence_stands_in_the_hover() -> None:
    evidence = [f"kind {row}" for row in range(len(CONFIDENCE))]
    trace = points(residuals(CONFIDENCE, evidence=evidence))[0]
    assert trace.text[0].endswith(f"<br>kind {trace.customdata[0][0]}")


def test_rows_that_are_no_number_are_left_out_and_nothing_says_so() -> None:
    broken = CONFIDENCE.copy()
    broken.loc[3, "prediction"] = np.nan
    rows = [row[0] for trace in points(predicted_vs_actual(broken)) for row in trace.customdata]
    assert 3 not in rows
    assert len(rows) == len(broken) - 1
    nothing = predicted_vs_actual(broken, parts=[])
    assert not nothing.data
    assert "no pair" in nothing.layout.annotations[0].text
    with pytest.raises(InvalidSetting, match="over='both'"):
        residuals(CONFIDENCE, over="both")  # pyright: ignore[reportArgumentType]


def test_curves_agree_with_scikit_learn() -> None:
    roc, precision, share = curves_of(LINK, negative_kind="random")
    table = LINK[LINK["part"] == "test"]
    assert [curve.name for curve in roc] == ["network", "max degree"]
    assert roc[0].value == pytest.approx(roc_auc_score(table["actual"], table["prediction"]))
    assert precision[1].value == pytest.approx(average_precision_score(table["actual"], table["max degree"]))
    assert share == pytest.approx(table["actual"].mean())
    figure = roc_curves(roc)
    names = {trace.name for trace in figure.data}
    assert f"network (AUC {roc[0].value:.3f})" in names
    assert figure.data[0].name == "chance (AUC 0.500)"
    assert figure.data[-1].line.width > figure.data[1].line.width
    assert figure.data[1].line.dash != "solid"
    chance = precision_recall_curves(precision, share_positive=share).data[0]
    assert tuple(chance.y) == (share, share)


def test_curves_without_pairs_are_empty() -> None:
    assert curves_of(LINK, negative_kind="no such")[0] == []
    assert curves_of(LINK.iloc[:0], negative_kind="random")[:2] == ([], [])


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    from slviz.figures import NamedCurve

    line = np.linspace(0, 1, 50_000)
    drawn = roc_curves([NamedCurve("network", line, line**0.5, 0.67)]).data[-1]
    assert len(drawn.x) <= 1500
    assert (drawn.x[0], drawn.x[-1], drawn.y[-1]) == (0, 1, 1)


def test_scores_of_pairs_and_non_pairs() -> None:
    figure = score_distribution(LINK)
    test = LINK[LINK["part"] == "test"]
    assert [sum(row[0] for row in trace.customdata) for trace in figure.data] == [
        (test["negative_kind"] == "known").sum(),
        (test["negative_kind"] == "random").sum(),
    ]
    assert sum(figure.data[0].y) == pytest.approx(100)


def test_training_curves_while_it_runs() -> None:
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "train_loss": [3, 2, 1], "validation_loss": [3, 1, 2], "validation_auc": [0.5, 0.9, 0.8]}
    )
    figure = training_curves(history, epochs=200)
    assert [trace.name for trace in figure.data[:2]] == ["training", "validation"]
    assert figure.layout.xaxis.range == (0.5, 200.5)
    assert "0.9 at epoch 2" in figure.data[-1].name
    assert "0.5 at epoch 1" in training_curves(history, lower_is_better=True).data[-1].name
    assert "has not finished" in training_curves(history.iloc[:0]).layout.annotations[0].text
    assert len(training_curves(history[["epoch", "train_loss"]]).data) == 1


def test_how_the_steps_went_part_by_part_with_the_kept_epoch() -> None:
    history = pd.DataFrame({"epoch": [1, 2, 3], "gradient_norm": [3, 2, 1], "learning_rate": 0.1, "layer_1_sd": 1.0})
    figure = step_curves(history, kept=2, record=a_record())
    assert [trace.name for trace in figure.data] == [
        *("whole network", "layer 1", "decoder", "learning rate", "after layer 1", "after layer 1"),
    ]
    assert tuple(figure.data[-1].y) == (0, 25, 50)
    assert figure.layout.yaxis.type == "log"
    assert {shape.x0 for shape in figure.layout.shapes} == {2}
    assert len(figure.layout.shapes) == 4
    weights = weight_histograms(a_record(), kept=3)
    assert [trace.name for trace in weights.data] == ["at the start", "after epoch 3"] * 2
    for trace in weights.data:
        assert sum(trace.y) * trace.width == pytest.approx(1)
    log = training_curves(history.assign(train_loss=[9.0, 1, 0.1], validation_loss=1.0), logarithmic=True)
    assert log.layout.yaxis.type == "log"


def test_degree_distribution_counts_genes() -> None:
    graph = tiny_graph()
    trace = degree_distribution(graph).data[0]
    for partners, share in zip(trace.x, trace.y, strict=True):
        assert share == pytest.approx(100 * (graph.degree >= partners).mean())


def test_hubs_stand_first_and_are_named() -> None:
    graph = tiny_graph()
    figure = degree_ranks(graph, labelled=3)
    genes = [row[0] for row in figure.data[0].customdata]
    assert list(graph.degree[genes]) == sorted(graph.degree, reverse=True)
    assert {note.text for note in figure.layout.annotations} == {graph.genes[gene] for gene in genes[:3]}
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    lonely = tiny_graph(5, 0)
    assert "No gene" in degree_ranks(lonely).layout.annotations[0].text
    assert "No gene" in degree_distribution(lonely).layout.annotations[0].text


def test_a_note_stands_over_the_plot_with_room_for_it():
    figure = noted(framed([], x="x", y="y", keep="k"), ["Test pairs", "Split: <PubMed 1>"])
    assert figure.layout.annotations[0].text == "Test pairs<br>Split: &lt;PubMed 1&gt;"
    assert figure.layout.margin.t > 30
    above = noted(framed([], x="x", y="y", keep="k", legend={"y": 1.02}), ["Test pairs", "Split"])
    assert above.layout.annotations[0].yshift > figure.layout.annotations[0].yshift


def test_the_mark_of_synthetic_data_keeps_the_title_and_the_figure_it_was_made_from() -> None:
    plain = framed([], x="a", y="b", keep="x")
    corner = marked_synthetic(plain).layout.title
    assert "SYNTHETIC DATA" in corner.text
    assert (corner.x, corner.y, corner.xref, corner.yref) == (1, 0, "container", "container")
    assert plain.layout.title.text is None
    titled = framed([], x="a", y="b", keep="x", title={"text": "Degree", "x": 0, "xref": "paper"})
    marked = marked_synthetic(titled).layout.title
    assert marked.text.startswith("Degree ")
    assert "SYNTHETIC DATA" in marked.text
    assert marked.x == 0
