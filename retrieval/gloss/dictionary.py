"""JMdict as the package ``jamdict-data`` carries it: one SQLite file, only ever read."""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache
from pathlib import Path

from retrieval.errors import SettingsError

__all__ = ["Dictionary"]

_KEPT = 8192  # words whose translations are remembered: people ask about the same things
_LEFT_OUT = ("archaism", "obsolete term", "obscure term", "rare", "vulgar expression or word", "slang")
_ENTRIES = """
SELECT idseq, max(common) FROM (
    SELECT k.idseq, EXISTS (SELECT 1 FROM KJP p WHERE p.kid = k.ID) AS common FROM Kanji k WHERE k.text = ?1
    UNION ALL
    SELECT a.idseq, EXISTS (SELECT 1 FROM KNP p WHERE p.kid = a.ID) FROM Kana a WHERE a.text = ?1)
GROUP BY idseq ORDER BY 2 DESC, 1"""
_SENSES = f"""
SELECT s.ID, g.text FROM Sense s JOIN SenseGloss g ON g.sid = s.ID
WHERE s.idseq = ? AND +g.lang = 'eng'
    AND NOT EXISTS (SELECT 1 FROM misc m WHERE m.sid = s.ID AND +m.text IN ({",".join("?" * len(_LEFT_OUT))}))
ORDER BY s.ID, g.rowid"""  # noqa: S608 - made of constants
_WORDS = """
SELECT s.idseq,
    (SELECT k.text FROM Kanji k WHERE k.idseq = s.idseq ORDER BY k.ID LIMIT 1),
    (SELECT a.text FROM Kana a WHERE a.idseq = s.idseq ORDER BY a.ID LIMIT 1),
    EXISTS (SELECT 1 FROM misc m WHERE m.sid = s.ID AND +m.text = 'word usually written using kana alone'),
    EXISTS (SELECT 1 FROM Kanji k JOIN KJP p ON p.kid = k.ID WHERE k.idseq = s.idseq)
        OR EXISTS (SELECT 1 FROM Kana a JOIN KNP p ON p.kid = a.ID WHERE a.idseq = s.idseq),
    (SELECT count(*) FROM Sense o WHERE o.idseq = s.idseq AND o.ID < s.ID)
FROM SenseGloss g JOIN Sense s ON s.ID = g.sid
WHERE (g.text = ?1 OR (g.text >= ?1 || ' (' AND g.text < ?1 || ' )')) AND +g.lang = 'eng'
    AND NOT EXISTS (SELECT 1 FROM misc m WHERE m.sid = s.ID AND +m.text IN ({marks}))""".replace(
    "{marks}", ",".join("?" * len(_LEFT_OUT))
)
_LOANWORD = re.compile("[\u30a1-\u30fe]+")
_ASIDE = re.compile(r"\([^()]*\)")


class Dictionary:
    """Looks words up, in both directions. For one thread at a time. Raises `SettingsError` when the file is damaged."""

    def __init__(self) -> None:
        import jamdict_data

        path = Path(jamdict_data.JAMDICT_DB_PATH).absolute()
        try:
            self._connection = sqlite3.connect(
                f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._english("辞書")
        except sqlite3.Error as error:
            raise SettingsError(
                f"gloss: the dictionary {str(path)!r} cannot be read ({error}): reinstall it."
            ) from None

        self._kept_english = lru_cache(maxsize=_KEPT)(self._english)
        self._kept_japanese = lru_cache(maxsize=_KEPT)(self._japanese)

    def english(self, word: str) -> tuple[tuple[int, str], ...]:
        """Return the English of a Japanese word, each with the number of its sense: common entries first."""
        return self._kept_english(word)

    def japanese(self, wordings: tuple[str, ...]) -> tuple[str, ...]:
        """Return the Japanese words that have one of these as a gloss: loanwords, then the likeliest first."""
        return self._kept_japanese(wordings)

    def _english(self, word: str) -> tuple[tuple[int, str], ...]:
        found: list[tuple[int, str]] = []
        sense = -1
        for (entry, _), _ in zip(self._connection.execute(_ENTRIES, (word,)).fetchall(), range(3), strict=False):
            last = None
            for number, text in self._connection.execute(_SENSES, (entry, *_LEFT_OUT)):
                if number != last:
                    sense, last = sense + 1, number
                if plain := _plain(text):
                    found.append((sense, plain))
        return tuple(found)

    def _japanese(self, wordings: tuple[str, ...]) -> tuple[str, ...]:
        ranked: dict[str, tuple[int, int]] = {}
        for wording in wordings:
            for _, kanji, kana, in_kana, common, sense in self._connection.execute(_WORDS, (wording, *_LEFT_OUT)):
                word = kana if in_kana or not kanji else kanji
                rank = (0 if common or _LOANWORD.fullmatch(word) else 1, sense)
                ranked[word] = min(rank, ranked.get(word, rank))
        return tuple(
            sorted(ranked, key=lambda word: (not _LOANWORD.fullmatch(word), sum(ranked[word]), len(word), word))
        )


def _plain(gloss: str) -> str:
    """Return a gloss without what stands in brackets and without the ``to`` of a verb."""
    return _ASIDE.sub(" ", gloss).strip().removeprefix("to ").strip()
