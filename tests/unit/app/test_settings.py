"""Settings: precedence, origins, paths, and errors that name the key and every place looked."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Loaded, load, store_path
from retrieval.errors import SettingsError


def loaded(folder: Path, config: Path | None = None, /, **environ: str) -> Loaded:
    return load(config=config, environ={"HOME": "/nowhere", **environ}, folder=folder)


def test_without_file_and_variables_the_defaults_hold(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert tmp_path / ".tenkyo" / "kb.db" == store_path(found.settings)
    assert Path("/nowhere/.cache/tenkyo") == found.settings.cache
    assert {"default"} == set(found.origins.values())


def test_the_environment_wins_over_the_file_and_each_value_knows_its_origin(tmp_path: Path) -> None:
    (tmp_path / "tenkyo.toml").write_text("threads = 1\nretention_days = 7\n[readers]\nwall_seconds = 5\n")
    found = loaded(tmp_path, TENKYO_THREADS="2", TENKYO_READERS_CPU_SECONDS="9")
    settings = found.settings
    assert (2, 7, 5.0, 9) == (
        settings.threads,
        settings.retention_days,
        settings.readers.wall_seconds,
        settings.readers.cpu_seconds,
    )
    assert "environment variable TENKYO_THREADS" == found.origins["threads"]
    assert str(tmp_path / "tenkyo.toml") == found.origins["readers.wall_seconds"]


def test_config_replaces_the_file_of_the_current_folder_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "tenkyo.toml").write_text("threads = 1\n")
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    (elsewhere / "my.toml").write_text('store = "sqlite:///data/資料.db"\ncache = "models"\n')
    found = loaded(tmp_path, elsewhere / "my.toml")
    assert elsewhere / "data" / "資料.db" == store_path(found.settings)
    assert elsewhere / "models" == found.settings.cache
    assert found.settings.threads is None


def test_four_slashes_are_an_absolute_path_and_three_a_relative_one(tmp_path: Path) -> None:
    assert Path("/data/kb.db") == store_path(loaded(tmp_path, TENKYO_STORE="sqlite:////data/kb.db").settings)
    assert tmp_path / "kb.db" == store_path(loaded(tmp_path, TENKYO_STORE="sqlite:///kb.db").settings)


def test_label_rules_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "tenkyo.toml").write_text('[[labels]]\nglob = "hr/**"\nlabels = ["hr"]\n')
    (rule,) = loaded(tmp_path).settings.labels
    assert ("hr/**", ("hr",)) == (rule.glob, rule.labels)


@pytest.mark.parametrize(
    ("content", "environ", "named"),
    [
        ("stroe = 'x'", {}, ["'stroe'", "did you mean store?", "tenkyo.toml"]),
        ("[readers]\nwall = 3", {}, ["'readers.wall'", "readers.wall_seconds"]),
        ("[nothing]\na = 1", {}, ["'nothing'"]),
        ("threads = 0", {}, ["threads = 0", "tenkyo.toml", "greater than or equal to 1"]),
        ("threads = [", {}, ["not valid TOML"]),
        ("", {"TENKYO_STROE": "x"}, ["TENKYO_STROE", "did you mean TENKYO_STORE?"]),
        ("", {"TENKYO_THREADS": "two"}, ["threads = 'two'", "environment variable TENKYO_THREADS"]),
        ("", {"TENKYO_EMBEDDER": "gpt"}, ["embedder = 'gpt'", "'local' or 'local-engine'"]),
        ("", {"TENKYO_RERANKER": "cohere"}, ["reranker = 'cohere'", "'none' or 'local'"]),
        ("[[labels]]\nglob = 'a'", {}, ["labels.0.labels", "tenkyo.toml"]),
        ("", {"TENKYO_STORE": "postgres://x"}, ["postgres://", "sqlite:///relative/kb.db", "TENKYO_STORE"]),
        ("", {"TENKYO_STORE": "sqlite:///"}, ["sqlite:////absolute"]),
        ("store = 3", {}, ["store = 3"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_place_and_the_remedy(
    tmp_path: Path, content: str, environ: dict[str, str], named: list[str]
) -> None:
    (tmp_path / "tenkyo.toml").write_text(content)
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, **environ)
    assert [] == [part for part in named if part not in str(caught.value)]


def test_every_place_that_was_looked_at_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Looked at: environment variables TENKYO_\*; .*tenkyo.toml \(absent\)"):
        loaded(tmp_path, TENKYO_THREADS="x")


def test_a_store_that_is_not_there_yet_is_refused_without_printing_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not available in this version") as caught:
        loaded(tmp_path, TENKYO_STORE="opensearch+https://user:hunter2@search:9200")
    assert "hunter2" not in str(caught.value)


def test_a_config_file_that_is_absent_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        loaded(tmp_path, tmp_path / "absent.toml")
