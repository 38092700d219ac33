"""Records what scikit-learn makes of made-up answers with confidences: trust.json, beside this file.

The area under the ROC curve is roc_auc_score's, the bins of the reliability plot are calibration_curve's, the logistic
function is LogisticRegression's with an L2 penalty of 1/C = ridge and a free bias, solved until nothing changes.

Recorded with Python 3.11, numpy 2.4.6 and scikit-learn 1.9.1; run again with the same, it writes the same bytes.
Usage: python record_trust.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

BINS = 15


def answers(rng, count, step):
    """Confidences that are too high, in multiples of 1/step so that many are the same; step None leaves them as drawn."""
    confidences = rng.beta(2, 1, count)
    outcomes = rng.random(count) < confidences**2
    if step:
        confidences = np.round(confidences * step) / step
    accuracy, confidence = calibration_curve(outcomes, confidences, n_bins=BINS, strategy="uniform")
    # calibration_curve drops empty bins and tells no counts; they follow from its own edges.
    edges = np.linspace(0, 1, BINS + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], confidences), minlength=BINS)
    counts = counts[counts > 0]
    error = float(np.sum(counts * np.abs(accuracy - confidence)) / count)
    return {
        "confidences": confidences.tolist(), "outcomes": outcomes.tolist(),
        "rocArea": float(roc_auc_score(outcomes, confidences)), "calibrationError": error,
        "binAnswers": counts.tolist(), "binConfidences": confidence.tolist(), "binAccuracies": accuracy.tolist(),
    }


def regression(rng, count, ridge, separable=False):
    features = rng.normal(size=(count, 3)) * [1, 2, 0.5]
    scores = features @ [1.5, -0.5, 0] + 0.7
    outcomes = scores > 0 if separable else rng.random(count) < 1 / (1 + np.exp(-scores))
    fit = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(features, outcomes)
    return {
        "features": features.tolist(), "outcomes": outcomes.tolist(), "ridge": ridge,
        "bias": float(fit.intercept_[0]), "weights": fit.coef_[0].tolist(),
    }


rng = np.random.default_rng(7)
recorded = {
    "answers": [answers(rng, 120, None), answers(rng, 90, 7), answers(rng, 60, 44)],
    "regressions": [regression(rng, 40, 1.0), regression(rng, 60, 0.01), regression(rng, 30, 0.5, separable=True)],
}
(Path(__file__).parent / "trust.json").write_text(json.dumps(recorded) + "\n")
