"""What a classifier is judged by: accuracy, macro-F1, calibration error, out-of-scope AUROC."""

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import f1_score, roc_auc_score

from .labels import LABELS, TRIVIAL
from .student import softmax

TRIVIAL_IDS = [LABELS.index(label) for label in TRIVIAL]


def calibration_error(p, labels, bins=15):
    """Expected calibration error of the top label, over bins of equal count."""
    confidence, right = p.max(1), (p.argmax(1) == labels).astype(float)
    order = np.argsort(confidence)
    parts = np.array_split(order, bins)
    return float(sum(len(i) * abs(confidence[i].mean() - right[i].mean()) for i in parts) / len(order))


def temperature(z, labels):
    """The temperature with the least negative log-likelihood."""
    def loss(log_t):
        p = softmax(z / np.exp(log_t))
        return -np.log(p[np.arange(len(z)), labels] + 1e-12).mean()
    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def out_of_scope(inside, outside):
    """`slope, offset` of P(out of scope) = sigmoid(offset - slope * max logit), classes weighted alike."""
    x = np.concatenate([inside, outside])
    y = np.concatenate([np.zeros(len(inside)), np.ones(len(outside))])
    w = np.concatenate([np.full(len(inside), .5 / len(inside)), np.full(len(outside), .5 / len(outside))])

    def loss(ab):
        s = np.clip(ab[1] - ab[0] * x, -30, 30)
        return (w * (np.log1p(np.exp(s)) - y * s)).sum()
    slope, offset = minimize(loss, [1.0, 0.0]).x
    return float(slope), float(offset)


def auroc(inside, outside):
    """Chance that a query from outside has the lower score."""
    y = np.concatenate([np.zeros(len(inside)), np.ones(len(outside))])
    return float(roc_auc_score(y, -np.concatenate([inside, outside])))


def false_trivial(p, labels, threshold=0.0):
    """Share of queries that are not trivial which go to a trivial label with at least this confidence."""
    hard = ~np.isin(labels, TRIVIAL_IDS)
    fires = np.isin(p.argmax(1), TRIVIAL_IDS) & (p.max(1) >= threshold)
    return float(fires[hard].mean())


def summary(p, labels):
    """The usual figures as one dictionary."""
    present = sorted(set(labels))
    top = p.argmax(1)
    return {
        "accuracy": float((top == labels).mean()),
        "macro_f1": float(f1_score(labels, top, labels=present, average="macro", zero_division=0)),
        "ece": calibration_error(p, labels),
        "false_trivial": false_trivial(p, labels),
        "false_trivial_at_0.8": false_trivial(p, labels, .8),
    }
