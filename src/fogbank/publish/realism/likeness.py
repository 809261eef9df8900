"""A two-sample classifier: how well words tell two sets of texts apart.

Source: classifier two-sample tests, Lopez-Paz & Oquab 2017, arXiv:1610.06545.
"""

from collections.abc import Sequence

from fogbank.errors import FogbankError

FOLDS = 5


def auc(one: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> float | None:
    """Give the cross-validated area under the ROC curve: 0.5 cannot be told apart, 1.0 always.

    Each text comes with its group; no group stands in two folds.  Features are words and pairs of words by tf-idf, the
    classifier a logistic regression, the folds `FOLDS`.  None where a set has fewer groups than folds.  Raises
    FogbankError where scikit-learn is not installed.
    """
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  an optional package
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        from sklearn.metrics import roc_auc_score  # noqa: PLC0415
        from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict  # noqa: PLC0415
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    except ImportError:
        raise FogbankError("a classifier of texts needs scikit-learn: pip install 'fogbank[baselines]'") from None
    if min(len({group for _, group in texts}) for texts in (one, other)) < FOLDS:
        return None
    both = [*one, *other]
    labels = [True] * len(one) + [False] * len(other)
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
        LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
    )
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    scores = cross_val_predict(
        model, [text for text, _ in both], labels, groups=[g for _, g in both], cv=folds, method="decision_function"
    )
    return round(float(roc_auc_score(labels, scores)), 4)
