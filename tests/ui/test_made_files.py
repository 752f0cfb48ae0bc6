"""A file that was made for a visitor is there when the browser asks for it, whatever others click meanwhile."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from slviz.ui import made_files


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """Those of a server with the sessions "here" and "gone", of which the second has left."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    server = SimpleNamespace(media_file_mgr=manager, is_active_session=lambda session: session == "here")
    monkeypatch.setattr(made_files, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: server))
    return manager


def downloaded(files: MediaFileManager, session: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a file that was made after a click of a session, in a thread of the server."""
    context = SimpleNamespace(session_id=session)
    monkeypatch.setattr(made_files, "get_script_run_ctx", lambda **_: context)
    make = made_files.kept_for_visitor(lambda: b"gene\tscore\n", file_name="partners.tsv", mime="text/plain")
    addresses: list[str] = []

    def click() -> None:
        id = files.add_deferred(make, "text/plain", "0.1", "partners.tsv")
        addresses.append(files.execute_deferred(id))

    thread = threading.Thread(target=click)
    thread.start()
    thread.join()
    return addresses[0]


def there(files: MediaFileManager, address: str) -> bool:
    try:
        return files._storage.get_file(address.rsplit("/", 1)[-1]).content == b"gene\tscore\n"  # type: ignore[attr-defined]
    except MediaFileStorageError:
        return False


def test_a_file_stays_while_pages_of_others_are_drawn(files: MediaFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    address = downloaded(files, "here", monkeypatch)
    for _ in range(5):
        files.remove_orphaned_files()
    assert there(files, address)
    files.clear_session_refs("here")  # the visitor's own page is drawn anew
    for _ in range(2):
        files.remove_orphaned_files()
    assert not there(files, address)


def test_nothing_is_kept_for_one_who_has_left(files: MediaFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    address = downloaded(files, "gone", monkeypatch)
    assert there(files, address)
    for _ in range(2):
        files.remove_orphaned_files()
    assert not there(files, address)
