"""A folder as a source: what is a document, what is never followed, what a listing admits."""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path

import pytest

from ingest.sources.folder import FileSource, FolderSource
from ingest.sources.globs import LabelRule
from ingest.sources.names import key_of, path_of
from retrieval.errors import DocumentError, ServiceError, UserError
from retrieval.ports import Source, SourceItem


def files(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    return root


def content(source: Source, item: SourceItem) -> bytes:
    with source.open(item) as stream:
        return stream.read()


def keys(source: FolderSource) -> list[str]:
    return [item.key for item in source.list().items]


def test_hidden_files_lock_files_and_sidecars_are_no_documents(tmp_path: Path) -> None:
    files(tmp_path, "a.md", ".b.md", ".git/c.md", "~$d.docx", "a.md.metadata.json")
    (tmp_path / "a.md.metadata.json").write_text('{"metadataAttributes": {}}')
    assert ["a.md"] == keys(FolderSource(tmp_path))


def test_links_are_never_followed_so_no_loop_and_no_way_out(tmp_path: Path) -> None:
    root = files(tmp_path / "root", "in/a.md")
    files(tmp_path, "secret.md")
    (root / "loop").symlink_to(root)
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    listing = FolderSource(root).list()
    assert ["in/a.md"] == [item.key for item in listing.items]
    assert listing.complete


def test_pipes_and_sockets_do_not_hang_and_are_no_documents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.md"))
        assert [] == keys(FolderSource(tmp_path))


@pytest.mark.parametrize("swapped", ["file", "folder", "pipe"])
def test_what_was_swapped_after_the_listing_is_not_followed(tmp_path: Path, swapped: str) -> None:
    root = files(tmp_path / "root", "in/a.md")
    files(tmp_path, "out/a.md")
    source = FolderSource(root)
    (item,) = source.list().items
    if swapped == "folder":
        (root / "in").rename(root / "old")
        (root / "in").symlink_to(tmp_path / "out")
    else:
        (root / "in/a.md").unlink()
        if swapped == "file":
            (root / "in/a.md").symlink_to(tmp_path / "out/a.md")
        else:
            os.mkfifo(root / "in/a.md")
    with pytest.raises(DocumentError) as caught:
        source.open(item)
    assert caught.value.reason == "unreadable"


def test_a_file_that_changes_while_it_is_read_is_not_taken_for_whole(tmp_path: Path) -> None:
    source = FolderSource(files(tmp_path, "a.md"))
    (item,) = source.list().items
    with source.open(item) as stream:
        assert stream.read(4) == b"text"
        (tmp_path / "a.md").write_text("something else altogether")
        assert stream.read(1 << 20)
        with pytest.raises(DocumentError) as caught:
            stream.read(1 << 20)
    assert caught.value.reason == "changed"
    assert caught.value.retryable


def test_a_folder_that_cannot_be_listed_makes_the_listing_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path, "a.md", "locked/b.md")
    real = os.open

    def refuse(path: str, flags: int, *, dir_fd: int | None = None) -> int:
        if path == "locked":
            raise PermissionError(13, "Permission denied")
        return real(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr("ingest.sources.walking.os.open", refuse)
    listing = FolderSource(tmp_path).list()
    assert ["a.md"] == [item.key for item in listing.items]
    assert not listing.complete
    assert "'locked'" in listing.problems[0]


def test_names_that_are_no_utf8_have_a_key_of_their_own_and_open(tmp_path: Path) -> None:
    for raw, text in ((b"\x8c\xa9\x90\xcf.txt", "a"), (b"\x8c\xa8\x90\xcf.txt", "b"), ("\ufffd8C.txt".encode(), "c")):
        (tmp_path / os.fsdecode(raw)).write_text(text)
    source = FolderSource(tmp_path)
    items = source.list().items
    expected = ["\ufffd8C\ufffdA8\ufffd90\ufffdCF.txt", "\ufffd8C\ufffdA9\ufffd90\ufffdCF.txt", "\ufffd\ufffd8C.txt"]
    assert expected == [item.key for item in items]
    assert {"a", "b", "c"} == {content(source, item).decode() for item in items}
    assert all(item.uri.isascii() for item in items)


@pytest.mark.parametrize("path", ["a/経費.md", "\udce3\udc81", "\ufffd", "\ufffd41", "%E3", "x\ufffd\udcff\ufffd"])
def test_a_key_leads_back_to_its_path(path: str) -> None:
    key = key_of(path)
    assert path == path_of(key)
    assert key.encode()


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ((), (), ["a.md", "hr/b.md", "hr/c.pdf", "hr/x/d.md"]),
        (["*.md"], (), ["a.md", "hr/b.md", "hr/x/d.md"]),
        (["hr/*"], (), ["hr/b.md", "hr/c.pdf", "hr/x/d.md"]),
        (["hr/*.md"], (), ["hr/b.md"]),
        (["**/*.md"], (), ["a.md", "hr/b.md", "hr/x/d.md"]),
        (["hr/**/*.md"], (), ["hr/b.md", "hr/x/d.md"]),
        ((), ["hr"], ["a.md"]),
        ((), ["hr/**"], ["a.md"]),
        (["*.[mp]d*"], ["x"], ["a.md", "hr/b.md", "hr/c.pdf"]),
        (["[!a].md"], (), ["hr/b.md", "hr/x/d.md"]),
        (["?.pdf"], (), ["hr/c.pdf"]),
    ],
)
def test_patterns_choose_files(tmp_path: Path, include: list[str], exclude: list[str], expected: list[str]) -> None:
    files(tmp_path, "a.md", "hr/b.md", "hr/c.pdf", "hr/x/d.md")
    assert expected == keys(FolderSource(tmp_path, include=include, exclude=exclude))


def test_the_first_rule_that_means_a_file_replaces_the_default_labels(tmp_path: Path) -> None:
    files(tmp_path, "a.md", "hr/b.md", "hr/open.md")
    rules = [
        LabelRule(pattern="hr/open.md", labels=frozenset({"staff"})),
        LabelRule(pattern="hr", labels=frozenset({"hr"})),
    ]
    source = FolderSource(tmp_path, labels=["public"], label_rules=rules)
    assert {"a.md": {"public"}, "hr/b.md": {"hr"}, "hr/open.md": {"staff"}} == {
        item.key: item.attributes.labels.allow for item in source.list().items
    }


@pytest.mark.parametrize("label", ["", "a b", "a,b", "x\n"])
def test_a_label_that_cannot_be_one_is_refused_at_once(tmp_path: Path, label: str) -> None:
    with pytest.raises(UserError, match="is no label"):
        FolderSource(tmp_path, labels=[label])


def test_an_empty_pattern_and_a_missing_folder_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is empty"):
        FolderSource(tmp_path, include=["/"])
    with pytest.raises(UserError, match="is no folder"):
        FolderSource(tmp_path / "nowhere")


def test_a_root_that_vanishes_lists_nothing_rather_than_an_empty_folder(tmp_path: Path) -> None:
    source = FolderSource(files(tmp_path / "root", "a.md"))
    (tmp_path / "root").rename(tmp_path / "moved")
    with pytest.raises(ServiceError):
        source.list()


def test_one_file_is_a_source_of_its_own_without_its_siblings(tmp_path: Path) -> None:
    files(tmp_path, "a.md", "b.md")
    (tmp_path / "a.md.metadata.json").write_text('{"metadataAttributes": {"title": "返品規定"}}')
    source = FileSource(tmp_path / "a.md", labels=["staff"])
    listing = source.list()
    assert [("a.md", "返品規定")] == [(item.key, item.attributes.title) for item in listing.items]
    assert ("a.md", b"text of a.md") == (source.name, content(source, listing.items[0]))
    (tmp_path / "a.md").unlink()
    with pytest.raises(ServiceError):
        source.list()


def test_a_rule_means_a_name_in_whatever_form_its_letters_were_composed(tmp_path: Path) -> None:
    """A Mac writes が as two code points; a rule that missed it would show the file to everybody."""
    typed = "人事データ/**"
    files(tmp_path, unicodedata.normalize("NFD", "人事データ/評価.md"))
    for form in ("NFC", "NFD"):
        pattern = unicodedata.normalize(form, typed)
        rules = [LabelRule(pattern=pattern, labels=frozenset({"hr"}))]
        (item,) = FolderSource(tmp_path, labels=["public"], label_rules=rules).list().items
        assert {"hr"} == item.attributes.labels.allow
        assert [] == keys(FolderSource(tmp_path, exclude=[pattern]))


def test_a_sidecar_means_its_file_in_whatever_form_its_letters_were_composed(tmp_path: Path) -> None:
    named = {form: unicodedata.normalize(form, "データ.md") for form in ("NFC", "NFD")}
    for form, other in (("NFC", "NFD"), ("NFD", "NFC")):
        folder = tmp_path / form
        files(folder, named[form])
        (folder / f"{named[other]}.metadata.json").write_text('{"metadataAttributes": {"allow": ["hr"]}}')
        for source in (FolderSource(folder, labels=["public"]), FileSource(folder / named[form], labels=["public"])):
            assert [{"hr"}] == [item.attributes.labels.allow for item in source.list().items]


def test_a_root_whose_name_is_no_utf8_is_told_as_text_and_read_all_the_same(tmp_path: Path) -> None:
    root = files(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb4")), "a.md")
    for source in (FolderSource(root), FileSource(root / "a.md")):
        assert source.root.encode().startswith(os.fsencode(tmp_path))
        assert [b"text of a.md"] == [content(source, item) for item in source.list().items]
