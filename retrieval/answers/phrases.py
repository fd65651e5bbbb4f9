"""What Tenkyo says in its own words, in Japanese and English. Pure."""

from __future__ import annotations

from typing import Final

__all__ = ["phrase"]

_PHRASES: Final = {
    "not_found": {
        "ja": "登録されている文書には、この質問への答えが見つかりませんでした。",
        "en": "The documents do not answer this question.",
    },
    "passages_only": {
        "ja": "答えと言い切れる記述は見つかりませんでした。関連する箇所は次のとおりです。",
        "en": "No passage answers this clearly. These places are the nearest.",
    },
    "needs_detail": {
        "ja": "どれについてのご質問かによって答えが変わります。",
        "en": "The answer depends on which one you mean.",
    },
    "conflict": {
        "ja": "文書の間で食い違いがあります。「{one}」では{value}、「{other}」では{rival}です。",
        "en": "Documents disagree: “{one}” says {value}, “{other}” says {rival}.",
    },
    "dense_degraded": {
        "ja": "意味による検索が使えなかったため、語句の一致だけで探しました。",
        "en": "Search by meaning was not available; only matching words were looked for.",
    },
    "lexical_degraded": {
        "ja": "語句による検索が使えなかったため、意味の近さだけで探しました。",
        "en": "Search by words was not available; only nearness of meaning was looked for.",
    },
    "rerank_degraded": {
        "ja": "検索結果の並べ直しができなかったため、最初の順位のまま示しています。",
        "en": "The passages found could not be ranked once more; they stand as they were found.",
    },
    "superseded": {
        "ja": "「{title}」は新しい文書に置き換えられています。",
        "en": "“{title}” has been superseded by a newer document.",
    },
    "not_yet_effective": {
        "ja": "「{title}」は{day}から有効です。",
        "en": "“{title}” takes effect on {day}.",
    },
    "stale": {
        "ja": "「{title}」の見直し期限（{day}）が過ぎています。",
        "en": "“{title}” was due for review on {day}.",
    },
    "not_recorded": {
        "ja": "この回答は記録できませんでした。",
        "en": "This answer could not be recorded.",
    },
}


def phrase(name: str, *, language: str, **values: str) -> str:
    """Return a phrase in Japanese for a Japanese question, in English for any other."""
    return _PHRASES[name]["ja" if language == "ja" else "en"].format_map(values)
