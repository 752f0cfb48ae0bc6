"""Play, pause and step through the epochs of a training; the epoch that is shown is in the address."""

from __future__ import annotations

import bisect

import streamlit as st

from slviz.datasets.report import shown
from slviz.lab.training import LabTraining, Moment
from slviz.ui import address
from slviz.ui.labels import escape_markdown

EPOCH, PLAYING, NEXT, LAST, DRAWN = "lab epoch", "lab playing", "lab next", "lab last", "lab drawn"
"""What the session knows. The address says the same and is read when a visit begins: a slider that Streamlit binds to
the address forgets its value when its ends change."""
PLAY_SECONDS, TRAIN_SECONDS = 0.5, 0.3


def is_playing() -> bool:
    """Whether the epochs are played."""
    return bool(st.session_state.get(PLAYING))


def begin(training: LabTraining) -> None:
    """Take what the address says, at the beginning of a visit; after that keep to the epochs that there are.

    Who looked at the last epoch goes on looking at the last when their number changes.
    """
    last = training.setup.epochs
    if EPOCH not in st.session_state:
        st.session_state[EPOCH] = _asked(last)
        st.session_state[PLAYING] = address.value("play") == "true"
    elif NEXT in st.session_state:
        st.session_state[EPOCH] = min(st.session_state.pop(NEXT), last)
    elif st.session_state[EPOCH] > last or st.session_state[EPOCH] == st.session_state.get(LAST):
        st.session_state[EPOCH] = last
    st.session_state[LAST] = last


def show_epoch(epoch: int) -> None:
    """Show an epoch and stop playing; for callbacks."""
    st.session_state[EPOCH] = epoch
    st.session_state[PLAYING] = False
    st.session_state.pop(NEXT, None)


def bar(training: LabTraining) -> Moment:
    """The buttons and the slider; the network at the epoch that they say."""
    last = training.setup.epochs
    playing = is_playing()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Pause" if playing else "Play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            type="primary",
            key="lab play",
            on_click=_pause if playing else _play,
            args=(training,),
            width=110,
        )
        st.button(
            "Step",
            icon=":material/skip_next:",
            key="lab step",
            on_click=_step,
            args=(training,),
            help="One epoch on. After the last it begins anew.",
        )
        st.button("Best epoch", icon=":material/star:", key="lab best", on_click=_best, args=(training,))
        epoch = int(st.slider("Epoch", 0, last, step=1, key=EPOCH))
    address.put(epoch=None if epoch == last else str(epoch), play="true" if playing else None)
    if not training.finished:
        st.caption(f"Trained to epoch {training.reached:,} of {last:,} …")
    return training.at(epoch)


def _asked(last: int) -> int:
    """The epoch of the address, else the last; a sentence for what is none."""
    text = address.value("epoch")
    if text is None:
        return last
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= last:
        return int(text)
    said = f"The address asks for epoch “{shown(text)}”, which is not there. It should be a number from 0 to {last:,}."
    st.warning(escape_markdown(said), icon=":material/link_off:")
    return last


def _reached(training: LabTraining) -> int:
    return min(int(st.session_state[EPOCH]), training.reached)


def go_on(training: LabTraining) -> None:
    """At the end of the page: show the next slice of a training, or the next epoch that is played, in a moment.

    The browser asks for it, so that a slow one is not flooded; and it begins to count when it has all of the page, so
    that it knows the address of today.
    """
    every = PLAY_SECONDS if is_playing() else None if training.finished else TRAIN_SECONDS
    if every is not None:
        st.session_state[DRAWN] = True
        st.fragment(_tick, run_every=every)(training)


def _tick(training: LabTraining) -> None:
    if st.session_state.pop(DRAWN, False):
        return  # with the page itself
    if is_playing():
        following = next_stop(training, _reached(training))
        if following is not None:
            st.session_state[NEXT] = following
        elif training.finished:
            st.session_state[PLAYING] = False
    st.rerun()


def next_stop(training: LabTraining, epoch: int) -> int | None:
    """The epoch that playing shows after this one; None where it has not been reached or there is none."""
    place = bisect.bisect_right(training.stops, epoch)
    if place == len(training.stops) or training.stops[place] > training.reached:
        return None
    return training.stops[place]


def _play(training: LabTraining) -> None:
    if _reached(training) >= training.reached:
        st.session_state[EPOCH] = 0
    st.session_state[PLAYING] = True


def _pause(training: LabTraining) -> None:
    show_epoch(_reached(training))


def _step(training: LabTraining) -> None:
    reached = _reached(training)
    show_epoch(0 if reached >= training.reached else reached + 1)


def _best(training: LabTraining) -> None:
    show_epoch(training.best_epoch)
