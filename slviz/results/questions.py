"""The questions that a score can answer: which protocol and task ask which, and the metrics that say how well.

One table for every page and command that shows a score. A protocol that nobody entered here asks what its own words
say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slviz.datasets import GeneGraph
from slviz.splits import SPLITS
from slviz.tasks import TASKS

Column = tuple[str, str]
"""What the pairs are compared with, and the metric."""
SCREENS, PUBLICATIONS = "screens", "publications"
LACKING = {
    SCREENS: "This data set has no screens of tested pairs, so no score can be evaluated on an experiment here.",
    PUBLICATIONS: "This data set does not say which publication lists a pair, so this cannot be asked here.",
}
OF_DATABASE: tuple[Column, ...] = (
    ("degree-matched", "auc"),
    ("popularity-matched", "auc"),
    ("random", "auc"),
    ("file", "auc"),
    ("all-unknown", "ap"),
    ("per-gene", "ndcg@10"),
)
OF_LATER = tuple(sorted(OF_DATABASE, key=lambda column: column[0] != "popularity-matched"))
"""Papers explain later pairs, so those of equally popular genes come first."""
OF_SCREENS: tuple[Column, ...] = (
    ("paralog screens", "auc"),
    ("screens", "auc"),
    ("paralog screens", "ap"),
    ("screens", "ap"),
)


@dataclass(frozen=True)
class Question:
    """What somebody may want of a score.

    Attributes:
        key: its name in a program.
        title: its name for people, such as "new gene".
        asks: the question, as a sentence.
        tasks, protocols: which runs answer it; no protocol stands for all of them.
        measures: (against, metric) that say how well, the one that is hardest to reach by counting first.
        needs: what a data set needs for it, a key of `LACKING`; "" for nothing.
        example: what is typed after `train --data SOURCE` for a run that answers it.
    """

    key: str
    title: str
    asks: str
    tasks: tuple[str, ...]
    protocols: tuple[str, ...]
    measures: tuple[Column, ...]
    needs: str = ""
    example: tuple[str, ...] = ()

    def is_asked_by(self, task: str, protocol: str) -> bool:
        """Whether a run of this task, evaluated by this protocol, answers it."""
        return task in self.tasks and (not self.protocols or protocol in self.protocols)

    @property
    def can_be_trained(self) -> bool:
        """Whether this version has the task and a protocol that ask it."""
        return bool(set(self.tasks) & set(TASKS)) and (not self.protocols or bool(set(self.protocols) & set(SPLITS)))

    def lacks(self, graph: GeneGraph) -> str:
        """A sentence on why the data set cannot answer it; "" where it can."""
        has = {
            SCREENS: graph.screens is not None and len(graph.screens) > 0,
            PUBLICATIONS: graph.evidence is not None and bool((graph.evidence["pubmed"] != "").any()),
        }
        return "" if not self.needs or has[self.needs] else LACKING[self.needs]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "complete",
        "complete the database",
        "Which pairs is the list still missing, between genes that have partners in it?",
        ("link",),
        ("pairs", "near-duplicate-free"),
        OF_DATABASE,
        example=("--split", "pairs", "--network", "multiview"),
    ),
    Question(
        "gene",
        "new gene",
        "Which partners has a gene of which not one pair is listed?",
        ("link",),
        ("one-new", "both-new"),
        OF_DATABASE,
        example=("--split", "one-new", "--network", "multiview"),
    ),
    Question(
        "publication",
        "new publication",
        "What will another study list, with its own choice of genes?",
        ("link",),
        ("publication",),
        OF_DATABASE,
        needs=PUBLICATIONS,
        example=("--split", "publication", "--network", "multiview"),
    ),
    Question(
        "later",
        "later years",
        "Which pairs are published after all that was learnt from?",
        ("link",),
        ("time",),
        OF_LATER,
        needs=PUBLICATIONS,
        example=("--split", "time", "--network", "multiview"),
    ),
    Question(
        "experiment",
        "an experiment",
        "Which of the pairs that are tested in cells are hits?",
        ("screen", "link"),
        ("screen",),
        OF_SCREENS,
        needs=SCREENS,
        example=("--task", "screen", "--network", "bench"),
    ),
)
"""What a person comes with, from what is asked most often to what is hardest to answer."""
FURTHER: tuple[Question, ...] = (
    Question("own", "your own pairs", "Are the pairs of a file real?", ("link",), ("file",), OF_DATABASE),
    Question(
        "confidence",
        "confidence in a listed pair",
        "How sure is the database of a pair that it lists?",
        ("confidence",),
        (),
        (("all", "rmse"), ("within sources", "spearman")),
    ),
    Question("class", "class of a gene", "Which class is a gene in?", ("classify",), (), (("genes", "macro_f1"),)),
    Question(
        "features",
        "features of a gene",
        "Can a gene's features be told from its embedding?",
        ("reconstruct",),
        (),
        (("genes", "rmse"),),
    ),
)
"""What some runs answer, and what is told where there are such runs."""


def question_of(task: str, protocol: str) -> Question:
    """The question that runs of a task answer by a protocol, the split's name; settings behind it do not matter."""
    name = protocol.partition(" ")[0]
    for question in (*QUESTIONS, *FURTHER):
        if question.is_asked_by(task, name):
            return question
    if name not in SPLITS:
        return Question(name, name, "", (task,), (name,), OF_DATABASE)
    split = SPLITS[name]
    return Question(name, split.title, split.asks or split.summary(), (task,), (name,), OF_DATABASE)


def not_asked(answered: Sequence[str]) -> tuple[Question, ...]:
    """Those of the main questions whose keys are not among `answered`."""
    return tuple(question for question in QUESTIONS if question.key not in answered)
