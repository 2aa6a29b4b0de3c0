"""What knowledge says of scikit-learn's seeds is what the signatures say, in the version it was checked with."""

from __future__ import annotations

import pytest
import sklearn_table


def test_the_table_follows_the_signatures() -> None:
    sklearn = pytest.importorskip("sklearn")
    lines = sklearn_table.diff()
    if sklearn.__version__ != sklearn_table.recorded():
        pytest.skip(f"scikit-learn {sklearn.__version__}, the table is of {sklearn_table.recorded()}")
    assert lines == []


def test_what_the_table_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setattr(sklearn_table, "LEFT_OUT", {})
    assert any(line.startswith("+sklearn.linear_model.Perceptron") for line in sklearn_table.diff())
