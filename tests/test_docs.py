"""The site of the documentation: built without a warning, notebooks run, nothing broken in it."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

import postdict

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.docs
pytest.importorskip("sphinx", reason="needs pip install '.[docs]'")
pytest.importorskip("myst_nb", reason="needs pip install '.[docs]'")


class Targets(HTMLParser):
    """What a page names: its anchors, its images, and its links within the site."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.text = set(), set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids.add(given.get("id"))
        target = given.get("href" if tag == "a" else "src" if tag == "img" else "")
        if target and not target.startswith(("http", "mailto", "data:")):
            self.links.add(unquote(target))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(
        [*command, str(ROOT / "docs"), str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
    )
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(folder).as_posix(): Targets(path.read_text(encoding="utf-8"))
        for path in folder.rglob("*.html")
    }, folder


def test_every_page_and_notebook_is_there(site):
    pages, _ = site
    for page in [*(ROOT / "docs").glob("*.md"), *NOTEBOOKS]:
        assert page.relative_to(ROOT / "docs").with_suffix(".html").as_posix() in pages


def test_no_link_or_image_is_broken(site):
    pages, folder = site
    for name, page in pages.items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            target = (folder / name).parent / path if path else folder / name
            assert target.resolve().exists(), f"{name}: {link}"
            found = target.resolve().relative_to(folder.resolve()).as_posix()
            if anchor and found in pages:
                assert anchor in pages[found].ids, f"{name}: {link}"


def test_the_reference_has_every_public_name(site):
    ids = site[0]["api.html"].ids
    assert {f"postdict.{name}" for name in postdict.__all__} <= ids


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_ran_and_drew(site, notebook):
    pages, _ = site
    name = f"notebooks/{notebook.stem}.html"
    assert any(link.endswith(".png") for link in pages[name].links)
    assert "Traceback" not in pages[name].text
    assert '"outputs": []' in notebook.read_text()  # kept without output
