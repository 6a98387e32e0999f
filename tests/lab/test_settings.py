"""Settings of experiments: texts read as what a field holds, wrong ones named."""

from dataclasses import dataclass

import pytest

from postdict.lab import settings
from postdict.lab.settings import setting


@dataclass(frozen=True)
class Config:
    n: int = setting(3, "how many", at_least=1)
    tau: float = setting(10.0, "how slow", unit="ms", above=0)
    kind: str = setting("a", "which", choices=("a", "b"))
    on: bool = setting(False, "whether")
    file: str | None = setting(None, "where")
    delays: tuple[float, ...] = setting((1.0, 2.0), "how late", unit="ms", above=0)

    def __post_init__(self):
        settings.check(self)


def test_texts_become_what_the_field_holds():
    made = settings.read(
        Config, {"n": "1e2", "tau": "2.5", "kind": "b", "on": "true", "file": "x.npy"}
    )
    assert made == Config(n=100, tau=2.5, kind="b", on=True, file="x.npy")


def test_none_is_said_by_its_name_and_not_by_nothing():
    assert settings.read(Config, {"file": "none"}).file is None
    assert settings.read(Config, {"delays": "none"}).delays == ()
    assert Config(file="none").file is None  # as a list in a sweep's TOML has it
    assert ("file", "none", "", "where") in settings.describe(Config)
    for key in ("file", "delays"):
        with pytest.raises(ValueError, match=rf"{key} must not be empty, got '' \(none stands for"):
            settings.read(Config, {key: ""})
    with pytest.raises(ValueError, match=r"kind must not be empty, got ''$"):
        settings.read(Config, {"kind": ""})
    with pytest.raises(ValueError, match="file must not be empty"):
        Config(file="")


def test_several_numbers_come_as_a_list_or_with_commas():
    assert settings.read(Config, {"delays": "3, 5e1"}).delays == (3.0, 50.0)
    assert settings.read(Config, {"delays": [3, 50]}).delays == (3.0, 50.0)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"taus": 1.0}, ValueError, "no setting is named 'taus'; did you mean 'tau'"),
        ({"zzz": 1.0}, ValueError, "there are n, tau, kind, on, file, delays"),
        ({"tau": "slow"}, ValueError, "tau must be a number, got 'slow'"),
        ({"tau": "-1"}, ValueError, "tau must be positive, got -1.0 ms"),
        ({"tau": "nan"}, ValueError, "tau must be finite"),
        ({"n": "0"}, ValueError, "n must be at least 1, got 0"),
        ({"n": "1.5"}, ValueError, "n must be an integer, got '1.5'"),
        ({"n": 1.5}, TypeError, "n must be an integer, got 1.5"),
        ({"kind": "c"}, ValueError, "no kind is named 'c'"),
        ({"on": "yes"}, ValueError, "on must be true or false, got 'yes'"),
        ({"file": 3}, TypeError, "file must be a text, got 3"),
        ({"delays": "1,,2"}, ValueError, "delays must be a list of numbers, got '1,,2'"),
        ({"delays": 3.0}, TypeError, "delays must be a list of numbers, got 3.0"),
        ({"delays": [1.0, -2.0]}, ValueError, "delays must be positive, got -2.0 ms"),
    ],
)
def test_wrong_settings_are_named(values, error, message):
    with pytest.raises(error, match=message):
        settings.read(Config, values)


def test_a_field_may_say_that_it_can_be_set_several_times():
    @dataclass(frozen=True)
    class Files:
        file: str | None = setting(None, "where", repeats=True)
        other: str | None = setting(None, "where else")

    assert settings.repeating(Files) == {"file"}


def test_every_field_describes_itself():
    assert ("tau", "10.0", "ms", "how slow") in settings.describe(Config)
