"""The losses of the fixtures, out of PyTorch's own functions, in float64."""

import json

import torch
import torch.nn.functional as F

# Each a float32 number; the kinks of the hinge at -1 and 1 are among them, and numbers whose exp overflows.
LOGITS = [-1e4, -90.0, -3.5, -1.0, -0.75, 0.0, 0.125, 1.0, 2.25, 20.0, 800.0]

FUNCTIONS = {
    ("nonSaturating", "real"): lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ("nonSaturating", "fake"): lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ("nonSaturating", "generator"): lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ("saturating", "real"): lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ("saturating", "fake"): lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"),
    ("saturating", "generator"): lambda x, t: F.logsigmoid(-x),
    ("hinge", "real"): lambda x, t: F.relu(1 - x),
    ("hinge", "fake"): lambda x, t: F.relu(1 + x),
    ("hinge", "generator"): lambda x, t: -x,
    ("leastSquares", "real"): lambda x, t: 0.5 * F.mse_loss(x, t, reduction="none"),
    ("leastSquares", "fake"): lambda x, t: 0.5 * F.mse_loss(x, t, reduction="none"),
    ("leastSquares", "generator"): lambda x, t: 0.5 * F.mse_loss(x, t, reduction="none"),
}
# Hard, slim64's, keras64's.
TARGETS = {"real": [1.0, 0.875, 0.95], "fake": [0.0, 0.05], "generator": [1.0, 0.95]}


def cases():
    for (kind, side), function in FUNCTIONS.items():
        targetless = kind == "hinge" or (kind == "saturating" and side == "generator")
        for target in [None] if targetless else TARGETS[side]:
            x = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
            losses = function(x, None if target is None else torch.full_like(x, target))
            losses.mean().backward()
            yield {
                "kind": kind, "side": side, "target": target, "losses": losses.tolist(),
                "gradient": x.grad.tolist()}


def text():
    """The fixture, a case a line."""
    lines = ",\n".join("    " + json.dumps(case) for case in cases())
    return f'{{\n  "logits": {json.dumps(LOGITS)},\n  "cases": [\n{lines}\n  ]\n}}\n'
