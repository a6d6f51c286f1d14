"""A second opinion, learnt from people's judgements: it ranks what they should look at next, and does nothing else.

No count, rate or code comes from it. It leaves one table, `opinions`, from which a queue is drawn; a queue is
labelled not representative, and `estimate` refuses it.

Character n-grams weighted by how rare they are, and a logistic regression (the extra `ml`). What is looked at first is
what words and opinion differ on most: texts that words overlooked but which read like those people have given the
code, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from plateglass import review
from plateglass.case import Case
from plateglass.catalogue import Catalogue
from plateglass.errors import ExtraMissing, SampleUnusable
from plateglass.sample import every
from plateglass.store import Step, Store

LEAST: Final = 5
"""How many texts that have the code, and how many that don't, people must have judged."""
JUDGED: Final = "j judged already"
"""The stratum of texts that need no second look: the last one."""
_BANDS, _AT_ONCE = 10, 50_000
_WORDS_SAY: Final = (
    "CASE WHEN r.{0} IN ('explicit', 'probable') THEN 1.0 WHEN r.{0} = 'ambiguous' THEN 0.5 ELSE 0.0 END"
)


def rank(store: Store, case: Case, catalogue: Catalogue, code: str) -> int:
    """Table `opinions`, one row a text with its band, the ones to look at first first; how many judged ones taught it.

    Raises:
        SampleUnusable: the code is none, or people have judged too few texts.
        ExtraMissing: scikit-learn is not installed.
    """
    texts = store.rows("SELECT CAST(id AS VARCHAR), whole FROM reason_folded WHERE field = 'reason' ORDER BY id")
    judged = _judged(case, catalogue, code)
    taught = [(whole, judged[id_]) for id_, whole in texts if id_ in judged]
    yes = sum(given for _, given in taught)
    if min(yes, len(taught) - yes) < LEAST:
        raise SampleUnusable(
            f"people have given {code} to {yes} texts and withheld it from {len(taught) - yes}",
            expected=f"{LEAST} of each at least",
            remedy=f"review a sample first: plateglass sample draw CASE --plan stratified --by code --code {code}",
        )
    scored = list(_scored(taught, [(id_, whole) for id_, whole in texts if id_ not in judged]))
    store.load("opinion_scores", {"id": "UUID", "score": "DOUBLE"}, scored)
    store.load("opinion_judged", {"id": "UUID"}, [(id_,) for id_ in judged])
    store.run(_bands(code))
    return len(taught)


def _judged(case: Case, catalogue: Catalogue, code: str) -> Mapping[str, bool]:
    """Text -> whether people have given it the code; one coder's word is enough for a queue."""
    axis = catalogue.reasons[code].axis if code in catalogue.reasons else ""
    book = review.codebook(catalogue, axis)
    found: dict[str, bool] = {}
    for drawn in every(case):
        if drawn.design.asks == axis:
            labels = review.Review(case, drawn, book).resolved().labels
            found |= {text: code in codes for text, codes in labels.items() if review.UNREADABLE not in codes}
    return found


def _scored(taught: Sequence[tuple[str, bool]], texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    """Each text's id and how likely people would give it the code."""
    text, linear = _learning()
    weights = text.TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = linear.LogisticRegression(C=10.0, class_weight="balanced", max_iter=1_000)
    model.fit(weights.fit_transform([whole for whole, _ in taught]), [given for _, given in taught])
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        likely = model.predict_proba(weights.transform([whole for _, whole in some]))[:, 1]
        yield from ((id_, round(float(score), 3)) for (id_, _), score in zip(some, likely, strict=True))


@cache
def _learning() -> Any:
    try:
        from sklearn import linear_model  # noqa: PLC0415 (an extra; without it everything else runs)
        from sklearn.feature_extraction import text  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing(
            "a second opinion needs scikit-learn, which is not installed", remedy="pip install 'plateglass[ml]'"
        ) from error
    return text, linear_model


def _bands(code: str) -> Step:
    """How far words and opinion are apart, in tenths; the names of the bands sort the farthest first."""
    apart = f"abs(s.score - {_WORDS_SAY.format(code)})"
    band = f"least({_BANDS - 1}, CAST(floor({apart} * {_BANDS}) AS INTEGER))"
    return Step(
        "opinions",
        f"""SELECT id, CAST({_BANDS - 1} - tenths AS VARCHAR) || ' words and opinion apart by 0.'
              || CAST(tenths AS VARCHAR) || ' or more' AS band
            FROM (SELECT s.id, {band} AS tenths
                  FROM opinion_scores AS s JOIN reasons AS r ON r.id = s.id AND r.field = 'reason') AS t
            UNION ALL SELECT id, '{JUDGED}' AS band FROM opinion_judged""",
        "what people should look at next",
    )
