"""slviz: page settings and the table of pages."""

import streamlit as st

from slviz.ui import layout

st.set_page_config(page_title="slviz", page_icon=layout.ICON, layout="wide")

layout.navigate(
    [
        st.Page(layout.OVERVIEW, title="Overview", icon=":material/home:", default=True),
        st.Page(layout.GENE, title="Gene", icon=":material/genetics:"),
        st.Page(layout.TRAIN, title="Train", icon=":material/model_training:"),
        st.Page(layout.EMBEDDING, title="Embedding", icon=":material/bubble_chart:"),
        st.Page(layout.PREDICTIONS, title="Predictions", icon=":material/query_stats:"),
        st.Page(layout.RESULTS, title="Results", icon=":material/leaderboard:"),
        st.Page(layout.TUNING, title="Tuning", icon=":material/tune:"),
        st.Page(layout.COMPARE, title="Compare", icon=":material/compare_arrows:"),
        st.Page(layout.VECTORS, title="Vectors", icon=":material/scatter_plot:"),
        st.Page(layout.TALK, title="Talk", icon=":material/co_present:"),
    ],
    learn=[
        st.Page(layout.LAB, title="Lab", icon=":material/labs:"),
        st.Page(layout.GLOSSARY, title="Glossary", icon=":material/menu_book:"),
    ],
    by_link=[
        st.Page(layout.TRAINING, title=layout.TRAINING_TITLE, icon=layout.TRAINING_ICON),
        st.Page(layout.NEIGHBOURHOOD, title="Neighbourhood"),
    ],
)
