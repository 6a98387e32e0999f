"""Sphinx's settings for the documentation site: `sphinx-build -W docs build/site`."""

import re

from sphinx import addnodes

import postdict

project = "postdict"
author = "The postdict developers"
project_copyright = "2026, the postdict developers"
version = release = postdict.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["sweeps/*"]

# Pages are Markdown that reads well in the repository too; headings are targets of links.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

# Notebooks are kept without output and run when the site is built.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_execution_in_temp = True  # they write files

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"  # the docstrings give types, shapes and units
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

html_theme = "furo"
html_title = f"postdict {release}"
html_static_path = ["static"]
html_css_files = ["wide-tables.css"]


def keep_shapes_plain(_, doctree):
    """Leave the letters of a shape alone: (n_motor,) of one class is no link to that of another."""
    for link in list(doctree.findall(addnodes.pending_xref)):
        if link.get("refdomain") == "py" and re.fullmatch("[a-z_]+", link.get("reftarget", "")):
            link.replace_self(link.children)


def setup(app):
    app.connect("doctree-read", keep_shapes_plain)
