"""ONNX graphs. Both take `features` int64 [N, inputs] and give `probability` float [N]; the hashing is in the graph."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from features import multiplier, offset


def constants(inputs, bits):
    row = lambda values: np.array([values], dtype=np.int64)
    return {
        "multiplier": row([multiplier(name) for name in inputs]), "offset": row([offset(name) for name in inputs]),
        "modulus": np.array(1 << 32, dtype=np.int64), "divisor": np.array(1 << (32 - bits), dtype=np.int64),
    }


HASH = [("Mul", ["features", "multiplier"], "m"), ("Add", ["m", "offset"], "o"), ("Mod", ["o", "modulus"], "h"),
        ("Div", ["h", "divisor"], "bucket")]


def save(path, form, inputs, bits, nodes, tensors):
    nodes = [helper.make_node(op, args, [out], **dict(kw)) for op, args, out, *kw in HASH + nodes]
    graph = helper.make_graph(
        nodes, form, [helper.make_tensor_value_info("features", TensorProto.INT64, ["n", len(inputs)])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n"])],
        [numpy_helper.from_array(value, name) for name, value in (constants(inputs, bits) | tensors).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="models/train.py")
    model.ir_version = 10
    checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def linear(path, inputs, bits, weights, bias):
    """sigmoid(bias + Σ weights[bucket]); the initialisers `weights` and `bias` are what the compiler lowers."""
    save(path, "hashed_logistic", inputs, bits, [
        ("Gather", ["weights", "bucket"], "w"), ("ReduceSum", ["w", "axis"], "s", ("keepdims", 0)),
        ("Add", ["s", "bias"], "logit"), ("Sigmoid", ["logit"], "probability"),
    ], {"weights": weights.astype(np.float32), "bias": np.array([bias], dtype=np.float32),
        "axis": np.array([1], dtype=np.int64)})


def mlp(path, inputs, bits, table, w1, b1, w2, b2):
    """Hashed embeddings side by side → one hidden layer → sigmoid."""
    f32 = lambda value: np.asarray(value, dtype=np.float32)
    save(path, "hashed_mlp", inputs, bits, [
        ("Gather", ["table", "bucket"], "e"), ("Reshape", ["e", "wide"], "x"), ("Gemm", ["x", "w1", "b1"], "z1"),
        ("Relu", ["z1"], "a1"), ("Gemm", ["a1", "w2", "b2"], "z2"), ("Reshape", ["z2", "flat"], "logit"),
        ("Sigmoid", ["logit"], "probability"),
    ], {"table": f32(table), "w1": f32(w1), "b1": f32(b1), "w2": f32(w2), "b2": f32(b2),
        "wide": np.array([-1, len(inputs) * table.shape[1]], dtype=np.int64), "flat": np.array([-1], dtype=np.int64)})
