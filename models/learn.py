"""The two learners. Plain loops where the algorithm is sequential: the numbers do not depend on a BLAS."""
import math

import numpy as np


def ftrl(buckets_of_rows, labels, buckets, alpha=0.1, beta=1.0, l1=0.5, l2=1.0):
    """FTRL-proximal logistic regression (KDD'13), one pass; the bias is a coordinate of its own without l1."""
    z, n = [0.0] * (buckets + 1), [0.0] * (buckets + 1)

    def weight(i):
        limit = 0.0 if i == buckets else l1
        if abs(z[i]) <= limit:
            return 0.0
        return -(z[i] - math.copysign(limit, z[i])) / ((beta + math.sqrt(n[i])) / alpha + l2)

    for row, y in zip(buckets_of_rows.tolist(), labels.tolist()):
        row.append(buckets)
        w = [weight(i) for i in row]
        g = 1 / (1 + math.exp(-sum(w))) - y
        for i, wi in zip(row, w):
            z[i] += g - (math.sqrt(n[i] + g * g) - math.sqrt(n[i])) / alpha * wi
            n[i] += g * g
    return np.array([weight(i) for i in range(buckets)]), weight(buckets)


def mlp(buckets_of_rows, labels, buckets, width=4, hidden=16, epochs=3, batch=256, rate=0.01, decay=1e-5):
    """Hashed embeddings and one ReLU layer, Adam."""
    rng = np.random.default_rng(3)
    fields = buckets_of_rows.shape[1]
    params = [rng.normal(0, 0.05, (buckets, width)), rng.normal(0, (fields * width) ** -0.5, (fields * width, hidden)),
              np.zeros(hidden), rng.normal(0, hidden**-0.5, (hidden, 1)), np.full(1, math.log(labels.mean()))]
    first, second = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    step = 0
    for _ in range(epochs):
        for at in np.array_split(rng.permutation(len(labels)), len(labels) // batch):
            step += 1
            for p, m, v, g in zip(params, first, second, gradients(params, buckets_of_rows[at], labels[at], decay)):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                p -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return params


def gradients(params, rows, labels, decay):
    table, w1, _, w2, _ = params
    x, a1, p = forward(params, rows)
    d2 = ((p - labels) / len(labels))[:, None]
    d1 = (d2 @ w2.T) * (a1 > 0)
    spread = np.zeros_like(table)
    np.add.at(spread, rows, (d1 @ w1.T).reshape(*rows.shape, table.shape[1]))
    return [spread + decay * table, x.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0)]


def forward(params, rows):
    table, w1, b1, w2, b2 = params
    x = table[rows].reshape(len(rows), -1)
    a1 = np.maximum(x @ w1 + b1, 0)
    return x, a1, 1 / (1 + np.exp(-(a1 @ w2 + b2)[:, 0]))


def isotonic(raw, labels, bins=12):
    """[raw, calibrated] points: bins of equal count, neighbours pooled until they rise, ends held at 0 and 1."""
    blocks = []
    for at in np.array_split(np.argsort(raw, kind="stable"), bins):
        blocks.append([raw[at].sum(), labels[at].sum(), len(at)])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last)]
    points = [[0, 0], *([float(f"{s / n:.6g}"), float(f"{y / n:.6g}")] for s, y, n in blocks), [1, 1]]
    return points


def measure(p, labels, truth):
    """AUC, normalised entropy, calibration against labels and against the truth."""
    order = np.argsort(p, kind="stable")
    rank = np.empty(len(p))
    rank[order] = np.arange(1, len(p) + 1)
    ones = labels.sum()
    auc = (rank[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(p) - ones))
    entropy = lambda q: -(labels * np.log(q) + (1 - labels) * np.log(1 - q)).mean()
    base = labels.mean()
    return {"auc": auc, "ne": entropy(p) / entropy(np.full(len(p), base)), "p/y": p.sum() / ones, "p/truth": p.sum() / truth.sum()}
