"""Differentiable augmentation (Zhao et al. 2020) of pictures under given changes, in float64, gradients by autograd."""

import json
import math

import torch

# height, width, channels, and the changes: what the Swift side's PictureChange holds, the cut as [first, end) of rows and
# of columns.
CASES = [
    (4, 5, 3, {"brightness": 0.25, "saturation": 0.5, "contrast": 1.25}),
    (5, 4, 1, {"brightness": -0.5, "saturation": 1.75, "contrast": 0.625}),
    (5, 4, 3, {"down": 1, "across": -2}),
    (5, 6, 3, {"cut": [[0, 2], [3, 6]]}),
    (6, 5, 3, {"brightness": -0.125, "saturation": 0.0, "contrast": 0.5, "down": -2, "across": 1,
               "cut": [[2, 5], [0, 2]]}),
]


def wave(count, step):
    """Numbers by a formula, each a float32."""
    numbers = torch.tensor([math.sin(step * (i + 1)) for i in range(count)], dtype=torch.float64)
    return numbers.float().double()


def changed(x, change):
    """x as channels, rows, columns; one step after the other."""
    x = x + change.get("brightness", 0)
    grey = x.mean(0, keepdim=True)
    x = grey + (x - grey) * change.get("saturation", 1)
    x = x.mean() + (x - x.mean()) * change.get("contrast", 1)
    height, width = x.shape[1:]
    down, across = change.get("down", 0), change.get("across", 0)
    reach = max(abs(down), abs(across))
    padded = torch.nn.functional.pad(x, (reach,) * 4)
    x = padded[:, reach + down:reach + down + height, reach + across:reach + across + width]
    kept = torch.ones(height, width, dtype=x.dtype)
    (top, bottom), (left, right) = change.get("cut", [[0, 0], [0, 0]])
    kept[top:bottom, left:right] = 0
    return x * kept


def cases():
    for height, width, channels, change in CASES:
        count = height * width * channels
        x = wave(count, 0.7).reshape(height, width, channels).requires_grad_()
        gradient = wave(count, 1.3).reshape(height, width, channels)
        y = changed(x.permute(2, 0, 1), change).permute(1, 2, 0)
        y.backward(gradient)
        yield {"height": height, "width": width, "channels": channels, **change,
               "output": [round(value, 9) for value in y.flatten().tolist()],
               "gradient": [round(value, 9) for value in x.grad.flatten().tolist()]}


def text():
    """The fixture, a case a line."""
    return "[\n" + ",\n".join("  " + json.dumps(case) for case in cases()) + "\n]\n"
