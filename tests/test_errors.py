"""The table of wrong calls in docs/errors.md: every one says what the table says."""

import re
import warnings
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs/errors.md").read_text(encoding="utf-8")
PREPARED = compile(re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[1], "errors.md", "exec")
ROWS = re.findall(r"^\| `(.+?)` \| (\w+): `(.+?)` \|$", PAGE, flags=re.MULTILINE)


def test_the_table_is_read_whole():
    assert len(ROWS) >= 60
    assert len(ROWS) == sum(line.startswith("| `") for line in PAGE.splitlines())


@pytest.mark.parametrize(("call", "kind", "message"), ROWS, ids=[row[0] for row in ROWS])
def test_a_wrong_call_says(tmp_path, monkeypatch, call, kind, message):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(PREPARED, names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Exception) as caught:
            exec(call, names)
    assert type(caught.value).__name__ == kind
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []
