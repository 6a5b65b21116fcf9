"""Trains the shipped example models on a synthetic world and writes .onnx, golden vectors and the card's digests.

    python3 -m venv .venv && .venv/bin/pip install -r models/requirements.txt && .venv/bin/python models/train.py

Seeds are fixed: the linear models come out the same; the small net depends on the BLAS in its last bits.
"""
import hashlib
import json
import pathlib
import re
import time

import numpy as np

import graph
import learn
import world
from features import INPUTS, bucket

HERE = pathlib.Path(__file__).parent
ALL = list(INPUTS)
MODELS = [
    # name, kind, inputs, bits, rows, base logit, formats, strength of device × time of day
    ("ctr-display", "linear", ALL, 16, 700_000, -5.0, [0, 2], 0.0),
    ("cvr-shop", "linear", [n for n in ALL if n != "size_id"], 14, 250_000, -3.2, [0, 1, 2], 0.0),
    ("ctr-video", "mlp", [n for n in ALL if n not in ("size_id", "format_id")], 12, 400_000, -4.2, [1], 0.8),
]


def hashed(samples, inputs, bits):
    """Feature values and buckets; each distinct source value is hashed once."""
    values = np.array([[INPUTS[name](s) for name in inputs] for s in samples], dtype=np.int64)
    rows = np.empty_like(values)
    for i, name in enumerate(inputs):
        distinct, at = np.unique(values[:, i], return_inverse=True)
        rows[:, i] = np.array([bucket(name, int(v), bits) for v in distinct])[at]
    return values, rows


def write_card(name, points):
    path = HERE / f"{name}.yaml"
    digest = hashlib.sha256((HERE / f"{name}.onnx").read_bytes()).hexdigest()
    pairs = ", ".join(f"[{a:.6g}, {b:.6g}]" for a, b in points)
    text = re.sub(r"sha256: [0-9a-f]*", f"sha256: {digest}", path.read_text())
    path.write_text(re.sub(r"points: \[.*\]", f"points: [{pairs}]", text))


def write_golden(name, samples, inputs, predict, bits):
    # the last four: text beyond ASCII, and values that no training row had
    odd = [{**samples[i], "domain": text, "creative": text, "os": text} for i, text in enumerate(["", "bücher.example", "新聞.example", "😀"])]
    chosen = samples[:252] + odd
    values, rows = hashed(chosen, inputs, bits)
    with (HERE / f"{name}.golden.ndjson").open("w") as file:
        for source, row, p in zip(chosen, values.tolist(), predict(rows)):
            file.write(json.dumps({"source": source, "features": row, "raw": float(np.float32(p))}, ensure_ascii=False) + "\n")


def train(name, kind, inputs, bits, rows, base, formats, interaction):
    started = time.time()
    samples, truth, labels = world.make(7, rows, base, formats, interaction)
    _, hashed_rows = hashed(samples, inputs, bits)
    cut, cal = int(rows * 0.6), int(rows * 0.8)
    weights, bias = learn.ftrl(hashed_rows[:cut], labels[:cut], 1 << bits)
    weights = weights.astype(np.float32).astype(np.float64)
    predict = lambda r: 1 / (1 + np.exp(-(weights[r].sum(1) + bias)))
    if kind == "mlp":
        linear = learn.measure(predict(hashed_rows[cal:]), labels[cal:], truth[cal:])
        print(f"{name}: a linear model on the same rows: auc {linear['auc']:.4f} ne {linear['ne']:.4f}")
        params = [p.astype(np.float32).astype(np.float64) for p in learn.mlp(hashed_rows[:cut], labels[:cut], 1 << bits)]
        predict = lambda r: learn.forward(params, r)[2]
        graph.mlp(HERE / f"{name}.onnx", inputs, bits, *params)
    else:
        graph.linear(HERE / f"{name}.onnx", inputs, bits, weights, bias)
    points = learn.isotonic(predict(hashed_rows[cut:cal]), labels[cut:cal])
    calibrated = np.interp(predict(hashed_rows[cal:]), *zip(*points))
    ideal = learn.measure(truth[cal:], labels[cal:], truth[cal:])
    got = learn.measure(calibrated, labels[cal:], truth[cal:])
    write_card(name, points)
    write_golden(name, samples[cal:], inputs, predict, bits)
    figures = " ".join(f"{key} {value:.4f}" for key, value in got.items())
    print(f"{name}: {figures} | the truth itself: auc {ideal['auc']:.4f} ne {ideal['ne']:.4f} | base rate {labels.mean():.4f} | {time.time() - started:.0f} s")
    for field in ["exchange", "device_type"]:
        slices = {}
        for i, sample in enumerate(samples[cal:]):
            slices.setdefault(sample[field], []).append(i)
        print(f"  p/truth by {field}: " + " ".join(f"{k}={calibrated[v].sum() / truth[cal:][v].sum():.3f}" for k, v in sorted(slices.items())))


if __name__ == "__main__":
    for model in MODELS:
        train(*model)
