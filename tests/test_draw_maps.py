"""The script that draws the maps of `scaling`, on tables of a few points."""

import fnmatch
import importlib.util
import tomllib
from pathlib import Path

import pytest
from matplotlib.figure import Figure

SWEEPS = Path(__file__).parents[1] / "docs/sweeps"
spec = importlib.util.spec_from_file_location("draw_maps", SWEEPS / "draw_maps.py")
draw_maps = importlib.util.module_from_spec(spec)
spec.loader.exec_module(draw_maps)


def table(folder, name):
    one = draw_maps.MAPS[name]
    rows = [(1, 2, 0.25), (1, 2, 0.35), (1, 4, 0.9), (10, 2, 0.8), (10, 2, "")]
    lines = [f"{one.y},{one.x},seed,{one.metric}"]
    lines += [f"{y},{x},{k},{value}" for k, (x, y, value) in enumerate(rows)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("name", draw_maps.MAPS)
def test_a_map_shows_what_its_sweep_varies_and_collects(name):
    one = draw_maps.MAPS[name]
    sweep = tomllib.loads((SWEEPS / f"{name}.toml").read_text(encoding="utf-8"))
    assert set(sweep["grid"]) == {one.x, one.y}
    assert any(fnmatch.fnmatchcase(one.metric, pattern) for pattern in sweep["metrics"])


def test_medians_crosses_and_holes(tmp_path):
    one = draw_maps.MAPS["lag"]
    ax = Figure().subplots()
    image = draw_maps.draw(ax, one, draw_maps.read(table(tmp_path, "lag"), one))
    shown = {text.get_position(): (text.get_text(), text.get_color()) for text in ax.texts}
    assert shown == {(0, 0): ("0.30", "white"), (0, 1): ("0.90", "black"), (1, 0): ("×", "black")}
    assert image.get_array().mask.tolist() == [[False, True], [False, True]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "10"]


def test_the_figure_is_written_and_another_table_is_refused(tmp_path):
    tables = [str(table(tmp_path, name)) for name in draw_maps.MAPS]
    draw_maps.main([*tables, "--to", str(tmp_path / "maps.png")])
    assert (tmp_path / "maps.png").stat().st_size > 10_000
    with pytest.raises(ValueError, match=r"spread.csv has no column f1_4hz_noisy, n_motor, n_sens"):
        draw_maps.read(tables[0], draw_maps.MAPS["sizes"])
