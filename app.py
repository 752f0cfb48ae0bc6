"""slviz: page settings and the table of pages."""

import streamlit as st

from slviz.ui import frame

st.set_page_config(page_title="slviz", page_icon=frame.ICON, layout="wide")

frame.navigate(
    [
        st.Page(frame.OVERVIEW, title="Overview", icon=":material/home:", default=True),
        st.Page(frame.TRAIN, title="Train", icon=":material/model_training:"),
        st.Page(frame.EMBEDDING, title="Embedding", icon=":material/bubble_chart:"),
        st.Page(frame.PREDICTIONS, title="Predictions", icon=":material/query_stats:"),
        st.Page(frame.NEIGHBOURHOOD, title="Neighbourhood", icon=":material/hub:"),
        st.Page(frame.RESULTS, title="Results", icon=":material/leaderboard:"),
        st.Page(frame.TUNING, title="Tuning", icon=":material/tune:"),
        st.Page(frame.COMPARE, title="Compare", icon=":material/compare_arrows:"),
        st.Page(frame.VECTORS, title="Vectors", icon=":material/scatter_plot:"),
    ]
)
