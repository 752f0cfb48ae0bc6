"""The first visit of a fresh server is our own, in the words of Streamlit's browser."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from slviz.serving import first_visit


def test_a_page_is_asked_for_as_streamlit_reads_it() -> None:
    for page in first_visit.PAGES:
        message = BackMsg()
        message.ParseFromString(first_visit.rerun(page))
        assert message.WhichOneof("type") == "rerun_script"
        assert message.rerun_script.page_name == page


def test_the_end_of_a_page_is_known_and_nothing_else_is() -> None:
    ends = {ForwardMsg.FINISHED_SUCCESSFULLY: True, ForwardMsg.FINISHED_EARLY_FOR_RERUN: False}
    for status, is_end in ends.items():
        message = ForwardMsg(hash="a" * 300, script_finished=status)
        message.metadata.delta_path.extend([0, 1, 300])
        assert first_visit.is_end(message.SerializeToString()) is is_end
    message = ForwardMsg(hash="a")
    message.delta.new_element.markdown.body = "0\x00" * 1000
    assert not first_visit.is_end(message.SerializeToString())
    for part in (b"", b"\xff", b"0", b"\x0a\xff\xff", b"\x09\x00"):
        first_visit.is_end(part)
