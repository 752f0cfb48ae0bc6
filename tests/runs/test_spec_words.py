from __future__ import annotations

from builders import tiny_graph, tiny_spec


def test_a_task_about_genes_says_that_genes_are_held_out() -> None:
    graph = tiny_graph()
    assert tiny_spec(graph).held_out == "random pairs (fold 0 of 5)"
    assert tiny_spec(graph, task="reconstruct").held_out == "genes, drawn with random pairs (fold 0 of 5)"
