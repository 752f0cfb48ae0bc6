"""How many processors are used, and that work side by side keeps its order and its errors."""

from __future__ import annotations

import os
import threading

import pytest

from slviz.cores import side_by_side, usable_cores


def test_no_more_processors_than_are_asked_for(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    there = usable_cores()
    assert 1 <= there <= (os.cpu_count() or 1)
    for asked, expected in (("1", 1), ("0", 1), ("100000", there), ("many", there), ("", there)):
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
        assert usable_cores() == expected


@pytest.mark.parametrize("cores", [1, 2])
def test_results_come_in_the_order_of_the_items(cores, monkeypatch):
    monkeypatch.setattr("slviz.cores.usable_cores", lambda: cores)
    threads = set()

    def work(number):
        threads.add(threading.get_ident())
        return number * number

    assert side_by_side(work, list(range(50))) == [number * number for number in range(50)]
    assert (threading.get_ident() in threads) == (cores == 1)
    assert side_by_side(work, []) == []


@pytest.mark.parametrize("cores", [1, 2])
def test_an_error_of_the_work_arrives(cores, monkeypatch):
    monkeypatch.setattr("slviz.cores.usable_cores", lambda: cores)
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 / number, [1, 0, 2])


def test_blas_keeps_to_one_thread_meanwhile(monkeypatch):
    import numpy as np
    from threadpoolctl import threadpool_info

    monkeypatch.setattr("slviz.cores.usable_cores", lambda: 2)

    def threads(_):
        np.ones((2, 2)) @ np.ones((2, 2))
        of_numpy = [each for each in threadpool_info() if each["user_api"] == "blas" and "numpy" in each["filepath"]]
        return max(
            each["num_threads"] for each in of_numpy
        )  # other libraries of the process may bring BLAS of their own

    assert side_by_side(threads, [1, 2]) == [1, 1]
