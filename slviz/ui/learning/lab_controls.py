"""The controls of the Lab page: every setting in the address, and the presets that set them all at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from slviz.lab.activations import ACTIVATIONS
from slviz.lab.initialisation import INITIALISATIONS
from slviz.lab.presets import PRESETS, preset
from slviz.lab.setup import GENERATED, KEEP, MOST_LAYERS, POINTS, LabSetup
from slviz.lab.steps import LAB_OPTIMISERS
from slviz.ui import address
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.learning import lab_play

MIXED = "mixed"
PRESET = "lab preset"
VIEW_WORDS = {
    "neurons": "Neurons",
    "gradients": "Gradients",
    "weights": "Weights",
    "activations": "Activations",
    "numbers": "One neuron's numbers",
    "autograd": "Hand and autograd",
}
"""What the views are called, the default first."""
HIDDEN = "hidden"
"""A text, whose value Streamlit itself writes into the address."""
SETTINGS = {setting.key: setting for setting in LabSetup.settings()}
ACTIVATION_WORDS = {**{name: activation.title for name, activation in ACTIVATIONS.items()}, MIXED: "each layer its own"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "points": {name: "a table of my own" if name == "own" else name for name in POINTS},
    "activation": ACTIVATION_WORDS,
    "start": {name: start.title for name, start in INITIALISATIONS.items()},
    "optimiser": {name: optimiser.title for name, optimiser in LAB_OPTIMISERS.items()},
    "keep": {name: name for name in KEEP},
}
"""What controls call the values of a setting, the default first; the address has the values themselves."""


def open_preset(page: str) -> None:
    """Where the address names a preset: begin again with the address that it stands for. Raises `UnknownChoice`."""
    if (name := st.query_params.get("preset")) is None:
        return
    try:
        query = address_of(name)
    finally:
        del st.query_params["preset"]
    st.switch_page(page, query_params=address.shared_parameters() | query)


def address_of(name: str) -> dict[str, str]:
    """What the address of a preset says, as far as it differs from the defaults."""
    chosen = preset(name)
    words = dict(word.split("=", 1) for word in chosen.setup.words())
    epoch = {} if chosen.epoch is None else {"epoch": str(chosen.epoch)}
    return {**words, "show": chosen.view, **epoch, **chosen.page}


def presets(current: LabSetup | None) -> None:
    """A row of presets; the one whose settings stand below is marked."""
    titles = {chosen.title: name for name, chosen in PRESETS.items()}
    view = (address.value("show") or next(iter(VIEW_WORDS))).casefold()
    same = [chosen for chosen in PRESETS.values() if chosen.setup == current]
    fitting = [chosen for chosen in same if chosen.view == view] or same
    st.session_state[PRESET] = fitting[0].title if fitting else None

    def take() -> None:
        if title := st.session_state[PRESET]:
            _take(titles[title])

    st.pills("Try", list(titles), key=PRESET, on_change=take)
    if fitting:
        st.caption(fitting[0].why)


def _take(name: str) -> None:
    """Set every control to what a preset says."""
    chosen = preset(name)
    said = address_of(name)
    address.put(**{key: said.get(key) for key in (*SETTINGS, "show", "straight") if key != HIDDEN})
    st.session_state[HIDDEN] = chosen.setup.hidden
    lab_play.show_epoch(chosen.setup.epochs if chosen.epoch is None else chosen.epoch)


def chosen_words() -> dict[str, Any]:
    """The controls; what they say by the key of the setting, which `LabSetup` may still refuse."""
    said: dict[str, Any] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        said["points"] = _choice("points", width=150)
        generated = said["points"] in GENERATED
        noise = _slider("noise", step=0.01, width=170, disabled=not generated)
        said["hidden"] = st.text_input(
            "Hidden layers", LabSetup.hidden, key="hidden", bind="query-params", help=SETTINGS["hidden"].help,
            width=150, placeholder="none",
        )  # fmt: skip
        activation = _choice("activation", width=150, help=_activation_help())
        said["start"] = _choice("start", width=120, help=f"{SETTINGS['start'].help} {glossary_link('Initialisation')}")
        means = INITIALISATIONS[said["start"]].scale_means
        scale = _number("scale", step=0.01, width=150, label=means, disabled=not means)
        said["bias"] = _number("bias", step=1.0, width=120)
        said["optimiser"] = _choice(
            "optimiser", width=170, help=f"{SETTINGS['optimiser'].help} {glossary_link('Gradient descent')}"
        )
        said["rate"] = _number("rate", step=0.1, width=140, format="%g")
        said["epochs"] = _number("epochs", step=100, width=130)
        with st.popover("Settings", icon=":material/tune:"):
            count = _slider("count", step=50, disabled=not generated)
            said["slope"] = _number("slope", step=0.01, label="Slope of leaky ReLU")
            said["keep"] = _choice("keep", label="Best epoch by")
            said["seed"] = _number("seed", step=1)
    said |= {"noise": noise, "count": count} if generated else {}
    said |= {"scale": scale} if means else {}
    said["activation"] = _layer_activations(said["hidden"]) if activation == MIXED else activation
    return said


def _layer_activations(hidden: str) -> str:
    """A control for the activation of every hidden layer."""
    layers = len(LabSetup(hidden=hidden, epochs=1).widths)
    with st.container(horizontal=True):
        titles = {activation.title: name for name, activation in ACTIVATIONS.items()}
        names = [
            titles[
                address.one_of(
                    st.selectbox, f"Layer {layer}", list(titles), key=f"activation-{layer}", ids=titles, width=150
                )
            ]
            for layer in range(1, min(layers, MOST_LAYERS) + 1)
        ]
    return ", ".join(names) or next(iter(ACTIVATIONS))


def _activation_help() -> str:
    listed = "\n".join(
        f"- **{escape_markdown(activation.title)}**: {escape_markdown(activation.formula)}"
        for activation in ACTIVATIONS.values()
    )
    return f"What a neuron of a hidden layer makes of its net input z.\n\n{listed}\n\n{glossary_link('Activation')}"


def _choice(key: str, *, label: str = "", **arguments: Any) -> str:
    setting = SETTINGS[key]
    names = {title: name for name, title in WORDS[key].items()}
    chosen = address.one_of(
        st.selectbox, label or setting.label, list(names), key=key, ids=names, **{"help": setting.help, **arguments}
    )
    return names[chosen]


def _number(key: str, *, step: float, label: str = "", **arguments: Any) -> Any:
    setting = SETTINGS[key]
    return address.entry(
        label or setting.label, key=key, low=setting.kind(setting.low), high=setting.kind(setting.high),
        default=setting.default, step=setting.kind(step), help=setting.help, **arguments,
    )  # fmt: skip


def _slider(key: str, *, step: float, **arguments: Any) -> Any:
    setting = SETTINGS[key]
    return address.number(
        setting.label, key=key, low=setting.kind(setting.low), high=setting.kind(setting.high),
        default=setting.default, step=setting.kind(step), help=setting.help, **arguments,
    )  # fmt: skip
