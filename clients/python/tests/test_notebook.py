"""The example notebook runs as it stands, from top to bottom."""

from __future__ import annotations

from pathlib import Path

import athanor
import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda file: file.stem)
def test_it_runs(file: Path, server: athanor.LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATHANOR_URL", server.url)
    monkeypatch.setenv("ATHANOR_TOKEN", server.http.headers["Authorization"].removeprefix("Bearer "))
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("4 measured" in output.get("data", {}).get("text/html", "") for output in shown)
