"""The line that says how far a run has come, on terminals of any width."""

import os

from postdict._progress import ProgressLine


class Terminal:
    """What a narrow terminal would be sent."""

    def __init__(self):
        self.written = ""

    def isatty(self):
        return True

    def fileno(self):
        return 7

    def write(self, text):
        self.written += text

    def flush(self):
        pass


def test_the_line_fits_the_terminal_and_loses_what_matters_least(monkeypatch):
    width = 60
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((width, 24)))
    terminal = Terminal()
    line = ProgressLine("seed 1/5 learns", stream=terminal)
    line(1e6, 1e6, 10.0, 10**7)
    shown = terminal.written.lstrip("\r")
    assert len(shown) == width - 1
    assert shown.startswith("seed 1/5 learns  1,000 of 1,000 s simulated, 0 s left, 10 ")
    assert shown.endswith("…")
    width = 30  # dragged
    line.show("done", last=True)
    assert len(terminal.written.rpartition("\r")[2]) == width - 1
    line.close()
