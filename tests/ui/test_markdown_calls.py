"""Whatever a page hands to a control that reads Markdown is its own text, a number, or escaped."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_calls import foreign_parts

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(CHECKOUT / "slviz" / "ui").rglob("*.py"), *(CHECKOUT / "pages").glob("*.py")])
DECIDED: dict[str, tuple[str, ...]] = {
    "collapsed.py": ("caption: sentence",),  # numbers of an embedding
    "how_it_came.py": (  # numbers and the page's own words; symbols are escaped where they are named
        "caption: head",
        "caption: listed",
        "caption: min(len(graph) - 1, int(3 * perplexity))",
        "caption: number",
        "caption: on",
        "caption: symbol",
        "caption: widths",
        "info: does",
        "info: projection.method.title",
        "markdown: column",
        "markdown: heads",
        "markdown: last",
        "markdown: number",
        "markdown: pair",
        "markdown: symbol",
    ),
    "walk_view.py": (  # symbols and classes are escaped where they are named
        "info: name",
        "selectbox: ENDS[end]",
    ),
    "walk_worth.py": ("caption: said", "markdown: a", "markdown: b", "markdown: c"),
    "noise_mixed.py": ("caption: _said(groups, mixed)", "caption: sentence"),  # numbers and the page's own words
    "outliers.py": ("caption: text", "warning: text"),  # its sentence escapes the symbol
    "outlierness.py": (
        "caption: caught",
        "caption: groups.sentence",
        "caption: more",
        "caption: others",
        "info: reason",
    ),
    "class_portrait_view.py": (  # numbers that it wrote itself
        "subheader: help_text",
        "metric: _said(chance)",
        "metric: _said(portrait.largest_share)",
        "metric: _said(share)",
        "metric: help_text",
        "metric: label",
    ),
    "compared_runs.py": ("button: label", "caption: what", "info: alone", "info: what"),  # "pairs" or "genes"
    "disagreements_tab.py": (
        "caption: what",
        "markdown: _sentence(rows, one_name, other_name, _nearer(cache.stamps(compared.first, other), rows))",
        "markdown: _shared_sentence(shown, place, symbol)",
    ),
    "gene_change.py": ("markdown: line",),
    "families.py": ("button: label", "popover: titles.values()"),
    "strata_view.py": ("subheader: _help(partings)",),
    "cause_view.py": ("caption: listed", "caption: scores"),
    "gene_tab.py": ("caption: by", "caption: counts"),
    "changed_genes.py": ("caption: count",),
    "neighbours_tab.py": ("markdown: _sentence(similarity, seeds, shared, count)",),
    "maps_tab.py": ("caption: method.describe(len(shared.genes))",),
    "metrics_tab.py": ("caption: what", "subheader: what"),
    "reading.py": ("progress: min(share, 1.0)",),
    "access.py": ("caption: said",),
    "overview.py": ("info: way_on", "markdown: _about(graph)"),
    "data_portrait.py": ("metric: str(graph.pictures)",),  # numbers and constants
    "several_settings.py": ("caption: colouring[1]",),  # a sentence that the colour has escaped
    "walk_pictures.py": ("caption: caption", "subheader: title"),  # constants
    "picture_views.py": ("caption: more", "caption: part", "caption: size"),
    "address.py": (
        "expander: label",
        "multiselect: label",
        "number_input: label",
        "slider: label",
        "toggle: label",
    ),
    "present.py": ("button: label", "markdown: number"),
    "talk_view.py": (
        "button: label",
        "caption: _about(talk, view)",
        "markdown: number",
        "page_link: label",
        "page_link: page",
    ),
    "ego_network_view.py": (
        "caption: missing",
        "caption: rests",
        "warning: RESTS_ON_HUBS.format(gene=escape_markdown(centre))",
    ),
    "gene_card.py": (
        "caption: name",  # of a site, a constant
        "caption: names",
        "caption: place",
        "markdown: facts(graph, gene)",
    ),
    "gene_finder.py": (
        "info: nouns.in_words('**Which gene?** Search above, or begin with one of those with most known partners:')",
        "info: nouns.in_words('**Which gene?** Search above, or begin with one of these:')",
        "page_link: gene_page",
    ),
    "gene_sections.py": ("button: label", "caption: facts"),
    "network_section.py": (
        "caption: _left_out(network)",
        "caption: _way(network, graph)",
        "caption: caption",
        "entry: label",
    ),
    "pair_panel.py": (
        "markdown: popularity",
        "metric: rankings.score_help(ranker.run)",
        "badge: STATUSES[row['status']]",
        "markdown: flag_help or ('No other flag is set.' if popularity else 'No flag is set.')",
        "metric: percentile_text(row['percentile'])",
        "metric: score_text(row['score'], bounded=ranker.bounded)",
    ),
    "plan_section.py": ("subheader: title",),
    "ranked_partners.py": ("caption: _reading(ranker)",),
    "rankings.py": ("spinner: what",),
    "class_view.py": (
        "subheader: part",
        "subheader: part.capitalize()",
    ),
    "controls.py": (
        "caption: colouring[1]",
        "caption: flat",
        "caption: kept",
        "caption: used",
        "toggle: MEANING[SHUFFLED]",
    ),
    "controls_compared.py": (
        "caption: count",
        "caption: relation.help",
        "caption: relation.name",
        "caption: example.permutations",
        "markdown: _verdict(homophily)",
    ),
    "data_report.py": (
        "expander: summary(graph, report)",
        "markdown: _line(kind)",
    ),
    "data_uploads.py": ("toast: said",),
    "edge_ablation_view.py": (
        "markdown: icon",
        "markdown: label",
    ),
    "downloads.py": ("download_button: help", "download_button: label"),
    "embedding.py": ("caption: NO_EMBEDDING.format(width=run.embedding.shape[1])",),
    "lab.py": ("caption: notes", "metric: PART_WORDS[part]", "metric: part"),
    "lab_controls.py": (
        "caption: fitting[0].why",
        "entry: label or setting.label",
        "entry: setting.help",
        "text_input: SETTINGS['hidden'].help",
    ),
    "lab_views.py": (
        "caption: int(labels[point])",
        "caption: training.widths[layer + 1]",
        "caption: width",
        "markdown: layer",
        "markdown: unit",
    ),
    "run_choice.py": ("info: nothing", "title: address.value('data') or default_source()"),
    "layout.py": (
        "badge: label",
        "caption: description(spec)",
        "info: said",
        "page_link: page",
        "title: title",
    ),
    "glossary.py": ("markdown: entry.text",),
    "gene_map.py": (
        "caption: _caption(look)",
        "subheader: title",
    ),
    "genes.py": (
        "caption: line",
        "caption: listed",
        "caption: name",
        "caption: place",
        "selectbox: label",
    ),
    "held_out_files.py": (
        "caption: described(graph, staged.held_out)",
        "file_uploader: help_text",
        "file_uploader: label",
    ),
    "kept_selections.py": (
        "metric: int(count.get(label, 0))",
        "selectbox: label",
    ),
    "job_panel.py": (
        "button: job.button",
        "caption: job.takes",
        "markdown: job.offer",
        "progress: min(share, 1.0)",
    ),
    "map_choice.py": (
        "entry: setting.help",
        "entry: setting.label",
        "text_input: setting.help",
        "text_input: setting.label",
        "toggle: setting.help",
        "toggle: setting.label",
    ),
    "map_seeds.py": (
        "info: projection.method.title",
        "markdown: seeds",
    ),
    "map_quality.py": (
        "caption: _sampled(quality)",
        "caption: by_chance",
        "markdown: run.embedding.shape[1]",
        "markdown: shown",
        "metric: help",
        "metric: label",
        "metric: shown",
    ),
    "maps.py": ("entry: setting.help", "entry: setting.label", "info: why"),
    "new_run.py": (
        "button: _start_words(state)",
        "caption: MORE_WORDS['run']",
    ),
    "confidence_view.py": (
        "caption: _ranked_within(run, table, part=part)",
        "metric: metric",
        "warning: provenance",
        "warning: sentence",
    ),
    "reconstruct_view.py": ("caption: run.spec.network.embedding_width",),
    "view_parts.py": (
        "subheader: part",
        "subheader: title",
    ),
    "question_rows.py": (
        "markdown: _as_title(question)",
        "markdown: [said, *_verdict(standing)]",
        "markdown: command",
    ),
    "results_view.py": (
        "markdown: said",
        "subheader: _help_of(column)",
    ),
    "run_cards.py": (
        "caption: _line_of(metric.sentence, behind=metric.is_behind)",
        "caption: _line_of(where, behind=metric.is_behind)",
        "caption: metric.help",
        "caption: question.asks",
        "metric: NEGATIVE_KIND_WORDS.get(metric.negative_kind, '').capitalize()",
        "metric: baseline",
        "metric: beside",
        "metric: metric.help",
    ),
    "selected_genes.py": ("caption: _about(look, chosen, rows)", "caption: way_on", "caption: ways"),
    "selection_elsewhere.py": ("info: why",),
    "settings_form.py": (
        "caption: words[part]",
        "number_input: label",
        "segmented_control: label",
        "selectbox: label",
        "selectbox: label",
        "text_input: label",
        "toggle: label",
    ),
    "term_bars.py": ("caption: _about(enrichment)",),
    "finished_training.py": ("markdown: ICONS[verdict.kind]",),
    "training_view.py": (
        "metric: help_of",
        "caption: wait_words(cache.store())",
        "progress: evaluation.share",
        "progress: evaluation_words(evaluation.share, evaluation.seconds_left)",
        "warning: escape_markdown(cache.store().summary(run_id).problem) or _why_interrupted(history)",
        "badge: word",
        "info: how_far",
        "metric: epochs",
        "metric: int(last['epoch'])",
        "metric: label",
        "metric: _help_of(metric)",
        "progress: _progress_words(history, epochs)",
        "progress: min(len(history) / epochs, 1.0)",
        "progress: run_id",
        "caption: wait_words(cache.store())",
        "progress: evaluation.share",
        "progress: evaluation_words(evaluation.share, evaluation.seconds_left)",
        "warning: done",
    ),
    "tuning_view.py": (
        "caption: finished",
        "markdown: state",
        "metric: _help_of(description)",
        "metric: states['failed']",
        "metric: states['finished']",
        "metric: states['stopped early']",
        "metric: value",
        "subheader: title",
    ),
    "vector_library.py": (
        "info: way_on",
        "button: TITLES[name]",
        "markdown: size",
    ),
    "map_zoom.py": ("caption: said",),
    "vector_maps.py": (
        "caption: points",
        "caption: vector_sets.caption(points, projection)",
        "subheader: title",
    ),
    "view_shares.py": ("markdown: named",),
    "check_view.py": (
        "caption: verdict.sentence",
        "caption: TITLES[verdict.order]",
        "caption: remark",
        "markdown: icon",
        "markdown: said",
    ),
    "formula_view.py": ("markdown: named",),
    "pair_view.py": ("caption: named", "markdown: named"),
}
"""Looked at one by one: each is the page's own text, a number, or escaped where it is made."""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_foreign_text_stands_in_markdown_as_it_came(path: Path) -> None:
    decided = {f"{path.name}: {part}" for part in DECIDED.get(path.name, ())}
    new = sorted(set(foreign_parts(path)) - decided)
    assert not new, f"use escape_markdown(), or look at these and add them to DECIDED: {new}"


def test_an_unescaped_name_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(
        'st.button(gene)\nst.caption(f"{count:,} of {name}")\nst.info(escape_markdown(name))\n'
        'st.markdown("**x**", help=name)\nst.dataframe(name)\nst.metric("own", f"{value:.3f}", delta)\n'
    )
    assert set(foreign_parts(page)) == {
        "page.py: button: gene",
        "page.py: caption: name",
        "page.py: markdown: name",
        "page.py: metric: delta",
    }
