"""Instructions are added up by source file of the core, and by library elsewhere."""

from __future__ import annotations

from pathlib import Path

from callgrind_profile import instructions

PROFILE = """\
version: 1
events: Ir

ob=(1) /somewhere/postdict/_core.abi.so
fl=(1) /project/cpp/simulation.cpp
fn=(1) run
10 100
+1 20
fi=(2) /usr/include/vector
12 30
fe=(1)
cob=(2) /lib/libm.so.6
cfi=(3) ???
cfn=(2) exp
calls=5 0
* 1000

ob=(2)
fl=(3)
fn=(2)
0 1000

summary: 1150
"""


def test_costs_are_counted_where_they_are_spent(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.write_text(PROFILE)
    found = instructions(profile)
    assert found == {"core: simulation.cpp": 120, "core: standard library": 30, "libm.so.6": 1000}
