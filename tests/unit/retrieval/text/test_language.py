"""The language of questions of a few characters and of documents."""

from __future__ import annotations

import pytest

from retrieval.text.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "経費",
        "税",
        "ＶＰＮが繋がらない",
        "OpenTelemetryとは",
        "AWS Lambda Timeout Error とは",
        "ﾊﾟｽﾜｰﾄ",
        "S3バケット",
        "有給休暇 申請",
        "ＡＰＩ　キーの再発行",
        "エラー E-1042",
        "𠮷田",
    ],
)
def test_japanese_is_told_from_a_few_characters(text: str) -> None:
    assert detect(text) == "ja"


@pytest.mark.parametrize(
    "text",
    [
        "VPN",
        "reset password",
        "What does 経費精算 mean?",
        "How do I file a 稟議 (ringi)?",
        "Ｐａｓｓｗｏｒｄ ｒｅｓｅｔ",
    ],
)
def test_english_is_told_although_it_names_japanese_things(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize("text", ["", " \n", "E-1042", "0120-123-456", "2026-04-01 10:00", "v2.3.1", "---", "😀"])
def test_codes_and_numbers_have_no_language(text: str) -> None:
    assert detect(text) == "und"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("怎么重置密码？", "zh"),
        ("這是什麼", "zh"),
        ("비밀번호를 재설정하는 방법", "ko"),
        ("Как сбросить пароль", "ru"),
        ("Wie kann ich das Passwort ändern und wer ist dafür zuständig?", "de"),
        ("Comment est-ce que je change le mot de passe de la messagerie ?", "fr"),
    ],
)
def test_other_languages_are_named_when_they_are_obvious(text: str, expected: str) -> None:
    assert detect(text) == expected


def test_a_long_document_is_judged_by_its_text_not_by_its_first_line() -> None:
    assert detect("Employee Handbook\n\n" + "年次有給休暇は、入社日から六か月後に付与します。" * 2000) == "ja"
    assert detect("就業規則\n\n" + "Annual leave is granted six months after the day you join. " * 2000) == "en"
