"""Settings: defaults, under `tenkyo.toml` or the file of `--config`, under environment variables `TENKYO_*`.

Every value knows where it came from, an unknown key is an error wherever it stands, and an error names the key and
every place that was looked at. A relative path in a file is relative to that file's folder, elsewhere to the current
folder. Sections are joined by ``_`` in the environment: ``[readers] wall_seconds`` is ``TENKYO_READERS_WALL_SECONDS``.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app.glossary import entries_of
from retrieval.errors import SettingsError
from retrieval.text.wordbook import Entry

__all__ = [
    "DEFAULT_STORE",
    "FILE_NAME",
    "PREFIX",
    "EvidenceSettings",
    "LabelRule",
    "Loaded",
    "PinRule",
    "ReaderLimits",
    "Settings",
    "load",
    "store_path",
]

PREFIX = "TENKYO_"
FILE_NAME = "tenkyo.toml"
DEFAULT_STORE = "sqlite:///.tenkyo/kb.db"

_IN_FILES = frozenset({"labels", "pins"})  # rules have no form as one variable


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReaderLimits(_Section):
    """What one document may cost its reader's process before it is ended."""

    wall_seconds: float = Field(default=60.0, gt=0, le=3600, description="wall-clock seconds per document")
    cpu_seconds: int = Field(default=30, gt=0, le=3600, description="CPU seconds per document")
    memory_mb: int = Field(default=1024, ge=64, le=65536, description="memory that a document may take, in MiB")
    document_mb: int = Field(default=200, ge=1, le=4096, description="size of a document, in MiB; larger is skipped")


class LabelRule(_Section):
    """Labels for the documents that a glob means, in place of ``--labels``. The first rule that fits counts.

    Empty labels mean nobody but the operator.
    """

    glob: str = Field(min_length=1)
    labels: tuple[str, ...]


class PinRule(_Section):
    """Documents that are put first, or never shown, for questions of a pattern (`retrieval.search.pins`)."""

    question: tuple[str, ...] = Field(min_length=1, max_length=100)
    first: tuple[str, ...] = Field(default=(), max_length=10)
    never: tuple[str, ...] = Field(default=(), max_length=1000)

    @field_validator("question", "first", "never", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("question", "first", "never")
    @classmethod
    def _says_something(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not any(letter.isalnum() for letter in one) or len(one) > 500:
                raise ValueError(f"{one!r} names nothing; * alone is no pattern")
        return value

    @model_validator(mode="after")
    def _one_or_the_other(self) -> PinRule:
        if not self.first and not self.never:
            raise ValueError("it says neither what comes first nor what is never shown")
        if both := sorted(set(self.first) & set(self.never)):
            raise ValueError(f"{both[0]!r} cannot come first and never be shown")
        return self


class EvidenceSettings(_Section):
    """How sure an answer must be."""

    error_rate: float = Field(
        default=0.1,
        gt=0,
        le=0.5,
        description="share of the questions without an answer that may get one all the same, and the reverse",
    )
    questions: Path | None = Field(
        default=None,
        description="question set that the evidence rule is calibrated with; without it, made-up questions",
    )
    auto: bool = Field(default=True, description="calibrate after an ingest that changed much")


class Settings(_Section):
    """Everything that can be set. The descriptions are those of the settings page and of `tenkyo doctor`."""

    store: str = Field(
        default=DEFAULT_STORE, description="where the knowledge base lives: sqlite:///relative or ////absolute"
    )
    embedder: Literal["local", "local-engine"] = Field(
        default="local",
        description="local: ONNX Runtime, int8; local-engine: the engine of the weights' own package, slower",
    )
    reranker: Literal["none", "local"] = Field(
        default="none",
        description="what ranks the best 50 passages anew; local: by the vectors of their statements",
    )
    model: Literal["extractive"] = Field(default="extractive", description="what writes the answers")
    cache: Path = Field(default=Path(), description="folder of the built model; by default the user's cache folder")
    threads: int | None = Field(default=None, ge=1, le=256, description="threads of the embedder; by default all cores")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="what is logged to standard error"
    )
    retention_days: int = Field(
        default=30, ge=0, le=3650, description="days that superseded texts stay, so that old citations open"
    )
    mass_delete_share: float = Field(
        default=0.2, ge=0, le=1, description="share of a source that may vanish in one run without --allow-mass-delete"
    )
    readers: ReaderLimits = Field(default_factory=ReaderLimits)
    evidence: EvidenceSettings = Field(default_factory=EvidenceSettings)
    labels: tuple[LabelRule, ...] = Field(default=(), description="label rules: [[labels]] glob = ..., labels = [...]")
    glossary: tuple[Entry, ...] = Field(
        default=(), description="what words of a question may be said as: [[glossary]] terms = [...], or a file"
    )
    gloss: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="a dictionary between Japanese and English: auto, if it is installed (the extra gloss); on; off",
    )
    pins: tuple[PinRule, ...] = Field(
        default=(),
        description="documents for patterns of questions: [[pins]] question, first, never",
    )

    @field_validator("log_level", "embedder", "reranker", "model", "gloss", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """Settings, the origin of every value by dotted key, and the places that were looked at, strongest first."""

    settings: Settings
    origins: Mapping[str, str]
    places: tuple[str, ...]


def load(
    *, config: Path | None, environ: Mapping[str, str], folder: Path, default_store: str = DEFAULT_STORE
) -> Loaded:
    """Return the settings in force. ``folder`` is the current one; ``default_store`` holds where none is set.

    Raises `SettingsError` for a file that is absent or no TOML, an unknown key or variable, and a bad value.
    """
    file = config if config is not None else folder / FILE_NAME
    found = file.is_file()
    if config is not None and not found:
        raise SettingsError(f"--config {str(config)!r}: there is no such file")
    places = (
        f"environment variables {PREFIX}*",
        f"--config {file}" if config is not None else f"{file} ({'read' if found else 'absent'})",
        "defaults",
    )
    keys = _keys(Settings)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(keys, "default")
    if found:
        _merge_file(values, origins, file=file, keys=keys, places=places)
    _merge_environment(values, origins, environ=environ, keys=keys, places=places)
    values.setdefault("store", default_store)
    _settle_paths(values, origins, file_folder=file.resolve().parent, folder=folder, environ=environ)
    if "glossary" in values:
        values["glossary"] = entries_of(values["glossary"], place=origins["glossary"])
    try:
        settings = Settings.model_validate(_nested(values))
    except ValidationError as error:
        raise SettingsError(_explain(error, origins, places)) from None
    store_path(settings)
    return Loaded(settings=settings, origins=origins, places=places)


def store_path(settings: Settings) -> Path:
    """Return the file of an SQLite store. Raises `SettingsError` for any other scheme."""
    scheme, separator, rest = settings.store.partition("://")
    if scheme.startswith("opensearch"):  # the rest may hold a password
        raise SettingsError(f"store {scheme}://...: OpenSearch is not available in this version; use sqlite:///")
    if scheme != "sqlite" or not separator or not rest.startswith("/") or rest in {"/", "//"}:
        raise SettingsError(
            f"store {scheme}{separator}...: expected sqlite:///relative/kb.db or sqlite:////absolute/kb.db"
            f" (set {PREFIX}STORE, or store = ... in {FILE_NAME})"
        )
    return Path(rest[1:])


def _keys(model: type[BaseModel], prefix: str = "") -> tuple[str, ...]:
    keys: list[str] = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += _keys(field.annotation, f"{prefix}{name}.")
        else:
            keys.append(f"{prefix}{name}")
    return tuple(keys)


def _merge_file(
    values: dict[str, Any], origins: dict[str, str], *, file: Path, keys: tuple[str, ...], places: tuple[str, ...]
) -> None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    sections = {key.partition(".")[0] for key in keys if "." in key}
    for name, value in content.items():
        table = value if name in sections and isinstance(value, dict) else {"": value}
        for inner, item in table.items():
            key = f"{name}.{inner}" if inner else name
            if key not in keys:
                raise SettingsError(_unknown(f"key {key!r} in {file}", key, keys, places))
            values[key], origins[key] = item, str(file)


def _merge_environment(
    values: dict[str, Any],
    origins: dict[str, str],
    *,
    environ: Mapping[str, str],
    keys: tuple[str, ...],
    places: tuple[str, ...],
) -> None:
    variables = {PREFIX + key.replace(".", "_").upper(): key for key in keys if key not in _IN_FILES}
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        if name not in variables:
            raise SettingsError(_unknown(f"environment variable {name}", name, tuple(variables), places))
        if environ[name].strip():
            values[variables[name]], origins[variables[name]] = environ[name].strip(), f"environment variable {name}"


def _settle_paths(
    values: dict[str, Any],
    origins: Mapping[str, str],
    *,
    file_folder: Path,
    folder: Path,
    environ: Mapping[str, str],
) -> None:
    """Make the paths absolute: relative to the file they stand in, or to the current folder."""

    def base(key: str) -> Path:
        return folder if origins[key] == "default" or origins[key].startswith("environment") else file_folder

    store = values["store"]
    if isinstance(store, str) and store.startswith("sqlite:///") and not store.startswith("sqlite:////"):
        rest = store.removeprefix("sqlite:///")
        if rest:
            values["store"] = f"sqlite:///{base('store') / rest}"
    questions = values.get("evidence.questions")
    if isinstance(questions, str):
        values["evidence.questions"] = base("evidence.questions") / Path(questions).expanduser()
    cache = values.get("cache")
    if cache is None:
        home = Path(environ.get("HOME") or "~").expanduser()
        values["cache"] = Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "tenkyo"
    elif isinstance(cache, str):
        values["cache"] = base("cache") / Path(cache).expanduser()
    if isinstance(glossary := values.get("glossary"), str):
        values["glossary"] = base("glossary") / Path(glossary).expanduser()


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *sections, name = key.split(".")
        place = tree
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
    return tree


def _unknown(what: str, name: str, known: tuple[str, ...], places: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}."
    return f"unknown {what}; {hint} Looked at: {'; '.join(places)}."


def _explain(error: ValidationError, origins: Mapping[str, str], places: tuple[str, ...]) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_context=False):
        where = [str(part) for part in problem["loc"]]
        key = next((key for n in range(len(where), 0, -1) if (key := ".".join(where[:n])) in origins), where[0])
        message = problem["msg"][:1].lower() + problem["msg"][1:]
        lines.append(f"{'.'.join(where)} = {problem['input']!r} ({origins.get(key, 'unknown origin')}): {message}")
    return f"{'. '.join(lines)}. Looked at: {'; '.join(places)}."
