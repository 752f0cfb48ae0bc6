"""Train: choose, see the command, start, watch it learn."""

import streamlit as st

from slviz.ui import access, layout
from slviz.ui.training import cluster_panel, form_start, new_run, training_view


def page() -> None:
    """What is at work first, then the form for a new run."""
    layout.heading("Train")
    form_start.read_address()
    job = st.query_params.get("job")
    if job:
        training_view.follow(job)
    training_view.others(than=job)
    if not access.may_work():
        return
    cluster_panel.show()
    st.subheader("A new run", anchor=False)
    with st.container(border=True):
        form_state = new_run.form()
    new_run.start(form_state)


layout.show(page)
