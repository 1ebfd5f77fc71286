"""What shares out and closes a run of the tests."""

from __future__ import annotations

from tests import running


def test_files_that_share_what_is_costly_stay_together() -> None:
    demo = [f"tests/functional/test_demo.py::{name}" for name in ("test_a[sqlite]", "test_b[x::y@z]")]
    assert len({running.unit_of(one) for one in demo}) == 1
    assert running.unit_of("tests/browser/test_journey.py::test_a") == "tests/browser/test_journey.py"


def test_any_other_test_goes_to_whoever_is_free() -> None:
    for path in (*running.APART, "tests/unit/test_running.py"):
        assert running.unit_of(f"{path}::test_a[fr]") != running.unit_of(f"{path}::test_a[en]")


def test_what_is_kept_together_or_apart_is_there() -> None:
    for path in (*running.TOGETHER, *running.APART):
        assert (running.ROOT / path).is_file(), path


def test_what_was_torn_is_told() -> None:
    spread = running.Spread()
    for name, worker in (("a", "gw0"), ("b", "gw0")):
        spread.saw(f"tests/functional/test_demo.py::test_{name}", worker)
    spread.saw("tests/unit/test_x.py::test_a", "gw0")
    spread.saw("tests/unit/test_x.py::test_b", "gw1")
    assert spread.torn() == []
    spread.saw("tests/functional/test_demo.py::test_c", "gw1")
    assert spread.torn() == ["tests/functional/test_demo.py"]


def test_a_run_that_takes_too_long_is_told() -> None:
    assert running.took(240.4) == "Took 240 s."
    assert "more than 300 s" in running.took(301)
    assert not running.is_too_long(300) and running.is_too_long(300.1)
