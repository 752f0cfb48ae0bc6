"""What pages share: the frame, the address, gene search and card, downloads, errors; the only streamlit import."""
