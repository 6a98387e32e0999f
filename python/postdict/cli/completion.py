"""Shell completion: a script of fixed lists, made from the parsers.

A shell that asked Python at every TAB would wait for an interpreter and need a package to ask
with. The lists change with the version alone, and a script of them needs neither.
"""

from __future__ import annotations

from ..experiments import EXPERIMENTS
from ..experiments.experiment import load
from ..lab import settings
from .parsing import Parser

SHELLS = ("bash", "zsh")
HOW = 'In ~/.bashrc, or ~/.zshrc: eval "$(postdict completion bash)", or zsh.'

_SCRIPT = """\
_postdict() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    local place="" names="" options="" flags="" each
    [ "$COMP_CWORD" -gt 1 ] && place=${{COMP_WORDS[1]}}
    [ "$place" = sweep ] && [ "$COMP_CWORD" -gt 2 ] && place="sweep ${{COMP_WORDS[2]}}"
    case "$place" in
{places}
    esac
    case "$before" in
        --set) names=""
            for each in "${{COMP_WORDS[@]}}"; do
                case "$each" in
{settings}
                esac
            done
            type compopt >/dev/null 2>&1 && compopt -o nospace ;;
{choices}
        -*) case " $flags " in *" $before "*) ;; *) names="" ;; esac ;;
    esac
    case "$word" in -*) names=$options ;; esac
    COMPREPLY=($(compgen -W "$names" -- "$word"))
}}
complete -o default -F _postdict postdict"""


def script(root: Parser, shell: str) -> str:
    """Return the script of a shell; it completes files where no name fits."""
    places: list[str] = []
    choices: dict[str, list[str]] = {}
    for place, parser in _places(root):
        found = parser.choices_of()
        names = [*parser.commands(), *found.pop("shell", [])]
        if place in ("run", "list"):
            names = list(EXPERIMENTS)
        places.append(
            f"        {place!r}) names={' '.join(names)!r} "
            f"options={' '.join(parser.option_names())!r} flags={' '.join(parser.flags())!r} ;;"
        )
        choices |= {name: values for name, values in found.items() if name.startswith("-")}
    text = _SCRIPT.format(
        places="\n".join(places),
        settings="\n".join(
            f"                    {name}) names={' '.join(_keys(name))!r} ;;"
            for name in EXPERIMENTS
        ),
        choices="\n".join(
            f"        {name}) names={' '.join(values)!r} ;;" for name, values in choices.items()
        ),
    )
    if shell == "zsh":
        return f"autoload -U +X bashcompinit && bashcompinit\n{text}"
    return text


def _places(root: Parser) -> list[tuple[str, Parser]]:
    found = [("", root)]
    for name, parser in root.commands().items():
        found.append((name, parser))
        found += [(f"{name} {below}", part) for below, part in parser.commands().items()]
    return found


def _keys(experiment: str) -> list[str]:
    return [f"{key}=" for key, *_ in settings.describe(load(experiment).Config)]
