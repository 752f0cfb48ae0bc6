"""Signing in, where the owner of the server has set up Streamlit's OIDC login: see docs/SERVER.md."""

from __future__ import annotations

import streamlit as st


def require() -> None:
    """Nothing without a sign-in, where `[auth]` stands in the secrets; nothing to do where it does not."""
    if not is_set_up():
        return
    if not st.user.is_logged_in:
        st.title("slviz", anchor=False)
        st.markdown("This server shows its pages to people who have signed in.")
        st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login)
        st.stop()
    with st.sidebar:
        st.button("Sign out", type="tertiary", icon=":material/logout:", on_click=st.logout)


def is_inside() -> bool:
    """Whether this visitor may see data: signed in, or on a server that asks nobody to."""
    return not is_set_up() or bool(st.user.is_logged_in)


def is_set_up() -> bool:
    """Whether the secrets of the server have an `[auth]` section; without one `st.user` knows no login."""
    return hasattr(st.user, "is_logged_in")
