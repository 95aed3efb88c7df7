"""The errors that a caller may catch: one root, and what each is a kind of."""

from __future__ import annotations

from pathlib import Path

import headgate
import pytest
from headgate import errors, gx

from tests.support.contracts import load, odcs

TREE = {
    "CallError": "HeadgateError",
    "DataNotFoundError": "CallError",
    "TargetRefusedError": "CallError",
    "ConfigurationError": "CallError",
    "ConditionError": "CallError",
    "ContractError": "HeadgateError",
    "QueryError": "HeadgateError",
    "TransientError": "HeadgateError",
    "ConflictError": "TransientError",
    "UnsupportedError": "HeadgateError",
    "AmbiguousError": "HeadgateError",
    "MissingExtraError": "HeadgateError",
}


def test_every_error_has_one_root() -> None:
    found = {
        name: kind.__mro__[1].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception) and name != "HeadgateError"
    }
    assert found == TREE


def test_errors_that_leave_headgate_are_exported() -> None:
    inside = {"UnsupportedError", "AmbiguousError"}
    exported = {name for name in headgate.__all__ if name.endswith("Error")}
    assert exported == {"HeadgateError", *TREE} - inside
    assert all(getattr(headgate, name) is getattr(errors, name) for name in exported)


def test_old_names_lead_to_the_new_ones() -> None:
    from headgate import places

    assert places.QueryError is errors.QueryError
    with pytest.warns(DeprecationWarning, match="MovedError is deprecated; use ConflictError"):
        assert places.MovedError is errors.ConflictError


def test_what_does_not_exist_is_told_from_what_a_target_refuses(tmp_path: Path) -> None:
    things = load(odcs({"name": "things", "properties": [{"name": "id"}]}))["things"]
    (tmp_path / "t.csv").write_text("id\na\n")
    with pytest.raises(headgate.DataNotFoundError):
        headgate.check(things, tmp_path / "none.csv")
    with pytest.raises(headgate.DataNotFoundError):
        headgate.check(things, f"{tmp_path}/none.duckdb#main.t")
    with pytest.raises(headgate.DataNotFoundError):
        gx.check(tmp_path / "none.json", tmp_path / "t.csv")
    with pytest.raises(headgate.DataNotFoundError):
        headgate.Contract.load(tmp_path / "none.odcs.yaml")
    with pytest.raises(headgate.TargetRefusedError):
        headgate.publish(things, tmp_path / "t.csv", f"{tmp_path}/w.duckdb#main.t__quarantine", run_key="r")
    with pytest.raises(headgate.ConfigurationError), pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADGATE_MEMORY_LIMIT", "much")
        headgate.check(things, tmp_path / "t.csv")
