"""Single layers, forward and backward, in float64, at sizes where an off-by-one shows.

What the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import torch
from torch import nn
from torch.nn import functional

from tolerances import relative, within

BATCH, CHANNELS, OUT = 3, 2, 3

# kernel, stride, padding, height, width. Every kernel meets every stride, every stride every padding; sizes are small,
# unequal, and such that strides often leave a remainder.
CONVOLUTIONS = [
    (1, 1, 0, 3, 5), (1, 2, 1, 5, 7), (1, 3, 2, 5, 7),
    (3, 1, 1, 5, 3), (3, 2, 0, 5, 7), (3, 3, 1, 7, 5),
    (4, 1, 2, 3, 5), (4, 2, 1, 5, 7), (4, 3, 0, 5, 8),
    (5, 1, 2, 3, 5), (5, 2, 2, 5, 7), (5, 3, 1, 5, 7),
    (7, 1, 2, 5, 3), (7, 2, 1, 5, 7), (7, 3, 2, 6, 3),
]
TRANSPOSED = [
    (1, 1, 0, 3, 5), (1, 2, 0, 3, 2), (1, 3, 0, 3, 2),
    (3, 1, 1, 3, 5), (3, 2, 1, 3, 2), (3, 3, 2, 3, 2),
    (4, 1, 0, 1, 1), (4, 2, 1, 3, 2), (4, 3, 2, 3, 2),
    (5, 1, 2, 3, 5), (5, 2, 2, 3, 2), (5, 3, 0, 1, 2),
    (7, 1, 2, 1, 2), (7, 2, 1, 1, 2), (7, 3, 2, 2, 1),
]
# kernel, stride, height, width with TensorFlow's SAME: even and odd.
SAME_CONVOLUTIONS = [(5, 2, 4, 6), (5, 2, 5, 7), (4, 2, 4, 6), (4, 2, 5, 7), (3, 1, 3, 5), (5, 1, 3, 5)]
SAME_TRANSPOSED = [(5, 2, 2, 3), (4, 2, 2, 3), (3, 1, 3, 5)]
# Layers with whole vectors of channels, which the Swift side computes in several ways: kind, input and output
# channels, kernel, stride, padding, height, width. Sizes are no multiples of a tile.
WIDE = [
    ("convolution", 16, 32, 4, 2, 1, 6, 6), ("transposed_convolution", 32, 16, 4, 2, 1, 3, 2),
    ("convolution", 16, 16, 5, 2, 2, 5, 3), ("transposed_convolution", 16, 16, 5, 2, "same", 2, 3),
]

# What moves pixels and has no weights: kind, its numbers, channels, height, width. Odd sizes, windows that overlap, and
# windows that leave a remainder or gaps.
RESAMPLING = [
    ("average_pool", {"kernel": 2, "stride": 2}, 3, 5, 7), ("average_pool", {"kernel": 3, "stride": 2}, 2, 7, 6),
    ("average_pool", {"kernel": 3, "stride": 1}, 2, 3, 5), ("average_pool", {"kernel": 2, "stride": 3}, 2, 6, 7),
    ("average_pool", {"kernel": 4, "stride": 4}, 3, 4, 4),
    ("pixel_shuffle", {"factor": 2}, 12, 3, 5), ("pixel_shuffle", {"factor": 3}, 18, 1, 2),
    ("upsample_nearest", {"factor": 2}, 3, 3, 5), ("upsample_nearest", {"factor": 3}, 2, 1, 4),
]

# Weights divided by their largest singular value: module, its arguments, input. "flattened" reads a picture.
SPECTRAL = [
    ("convolution", (2, 3, 4, 2, 1), (2, 5, 7)), ("transposed_convolution", (2, 3, 4, 2, 1), (2, 3, 2)),
    ("convolution", (16, 16, 3, 2, 1), (16, 5, 3)), ("transposed_convolution", (5, 3, 3, 1, 0), (5, 1, 2)),
    ("dense", (11, 7), (11,)), ("dense", (24, 5), (2, 3, 4)),
]


def random(*shape):
    """Normal numbers that float32 holds exactly."""
    return torch.randn(*shape, dtype=torch.float64).float().double()


def same_padding(size, kernel, stride):
    """TensorFlow's SAME before and after a convolution's input of this size: the odd pixel goes after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def convolution(kernel, stride, padding, height, width, channels=CHANNELS, out=OUT):
    def forward(values):
        inputs, step = values["input"], padding
        if padding == "same":
            top, bottom = same_padding(height, kernel, stride)
            left, right = same_padding(width, kernel, stride)
            inputs, step = functional.pad(inputs, (left, right, top, bottom)), 0
        return functional.conv2d(inputs, values["weight"], values["bias"], stride, step)

    return forward, {
        "input": random(BATCH, channels, height, width), "weight": random(out, channels, kernel, kernel),
        "bias": random(out),
    }


def transposed_convolution(kernel, stride, padding, height, width, channels=CHANNELS, out=OUT):
    def forward(values):
        if padding != "same":
            return functional.conv_transpose2d(values["input"], values["weight"], values["bias"], stride, padding)
        # The whole output, of which SAME keeps size x stride, cropping the odd pixel at the end.
        full = functional.conv_transpose2d(values["input"], values["weight"], values["bias"], stride)
        before = (kernel - stride) // 2
        return full[:, :, before:before + height * stride, before:before + width * stride]

    return forward, {
        "input": random(BATCH, channels, height, width), "weight": random(channels, out, kernel, kernel),
        "bias": random(out),
    }


def dense():
    return lambda v: functional.linear(v["input"], v["weight"], v["bias"]), {
        "input": random(BATCH, 11), "weight": random(7, 11), "bias": random(7)}


def batch_norm():
    def forward(values):
        return functional.batch_norm(
            values["input"], None, None, values["weight"], values["bias"], training=True, eps=1e-5)

    # A mean far from zero: sums of squares in float32 would lose the variance.
    return forward, {
        "input": (3 + 2 * random(BATCH, CHANNELS, 5, 7)).float().double(), "weight": random(CHANNELS),
        "bias": random(CHANNELS)}


def backward(forward, values):
    """The output, a random gradient of it, and the gradients of all `values` under it."""
    leaves = {key: value.clone().requires_grad_() for key, value in values.items()}
    output = forward(leaves)
    gradient = random(*output.shape)
    output.backward(gradient)
    return {"output": output.detach(), "grad_output": gradient} | {
        f"grad_{key}": leaf.grad for key, leaf in leaves.items()}


def running_averages(case):
    """Adds to a batch norm's case its averages before and after, and evaluation with those after."""
    mean, variance = random(CHANNELS), random(CHANNELS).abs()
    case |= {"running_mean_before": mean, "running_var_before": variance}
    mean, variance = mean.clone(), variance.clone()
    functional.batch_norm(case["input"], mean, variance, training=True, momentum=0.1)
    mean, variance = mean.float().double(), variance.float().double()
    case |= {
        "running_mean_after": mean, "running_var_after": variance,
        "evaluation_output": functional.batch_norm(
            case["input"], mean, variance, case["weight"], case["bias"], training=False, eps=1e-5),
    }


def described(kind, kernel, stride, padding):
    """What the index says of a convolution."""
    return {"kind": kind, "kernel": kernel, "stride": stride} | (
        {"same": True} if padding == "same" else {"padding": padding})


def resampling(kind, numbers):
    module = {
        "average_pool": lambda: nn.AvgPool2d(numbers["kernel"], numbers["stride"]),
        "pixel_shuffle": lambda: nn.PixelShuffle(numbers["factor"]),
        "upsample_nearest": lambda: nn.Upsample(scale_factor=numbers["factor"], mode="nearest"),
    }[kind]()
    return lambda values: module(values["input"])


def spectral(kind, numbers, shape):
    """The layer under torch.nn.utils.spectral_norm, in training mode, and u and v, which its forward pass moves on."""
    channels, out = numbers[:2]
    kernel = numbers[2:3] * 2
    module, weight = {
        "convolution": (nn.Conv2d, random(out, channels, *kernel)),
        "transposed_convolution": (nn.ConvTranspose2d, random(channels, out, *kernel)),
        "dense": (nn.Linear, random(out, channels)),
    }[kind]
    before = functional.normalize(random(out), dim=0).float().double()
    state = {"u_after": before.clone(), "v_after": torch.zeros(weight.numel() // out, dtype=torch.float64)}

    def forward(values):
        dtype = values["weight"].dtype
        state["u_after"] = before.to(dtype).clone()
        state["v_after"] = torch.zeros(weight.numel() // out, dtype=dtype)
        layer = nn.utils.spectral_norm(module(*numbers)).to(dtype)
        inputs = values["input"].flatten(1) if kind == "dense" else values["input"]
        return torch.func.functional_call(
            layer, {"weight_orig": values["weight"], "bias": values["bias"], "weight_u": state["u_after"],
                    "weight_v": state["v_after"]}, (inputs,))

    return forward, {"input": random(BATCH, *shape), "weight": weight, "bias": random(out)}, before, state


def cases():
    """Name, what the index says of it, (forward, values), and where there are such, tensors that are known after it."""
    makers = {"convolution": convolution, "transposed_convolution": transposed_convolution}
    for kind, rows, same in (("convolution", CONVOLUTIONS, SAME_CONVOLUTIONS),
                             ("transposed_convolution", TRANSPOSED, SAME_TRANSPOSED)):
        for kernel, stride, padding, height, width in rows + [(k, s, "same", h, w) for k, s, h, w in same]:
            yield (f"{kind}.k{kernel}s{stride}p{padding}.{height}x{width}", described(kind, kernel, stride, padding),
                   makers[kind](kernel, stride, padding, height, width))
    yield "dense", {"kind": "dense"}, dense()
    yield "batch_norm", {"kind": "batch_norm", "epsilon": 1e-5, "momentum": 0.1}, batch_norm()
    # Last, so that the numbers of the cases above are what they were without them.
    for kind, channels, out, kernel, stride, padding, height, width in WIDE:
        forward, values = makers[kind](kernel, stride, padding, height, width, channels, out)
        values["weight"] /= 16  # about the root of the terms of a sum, so that outputs are of the order of 1
        yield (f"wide.{kind}.{channels}to{out}.k{kernel}s{stride}p{padding}.{height}x{width}",
               described(kind, kernel, stride, padding), (forward, values))
    for kind, numbers, channels, height, width in RESAMPLING:
        shape = ".".join(f"{key[0]}{value}" for key, value in numbers.items())
        yield (f"{kind}.{shape}.{height}x{width}", {"kind": kind} | numbers,
               (resampling(kind, numbers), {"input": random(BATCH, channels, height, width)}))
    for kind, numbers, shape in SPECTRAL:
        forward, values, before, state = spectral(kind, numbers, shape)
        index = {"kind": kind} if kind == "dense" else described(kind, *numbers[2:])
        yield (f"spectral.{kind}.{'x'.join(map(str, shape))}", index | {"spectral": True}, (forward, values),
               lambda before=before, state=state: {"u_before": before} | state)


def tensors_and_index():
    """All cases' tensors by name, and the index that says how each was made."""
    torch.manual_seed(1)
    tensors, index = {}, []
    for name, description, (forward, values), *more in cases():
        case = values | backward(forward, values)
        for state in more:
            case |= {key: value.clone() for key, value in state().items()}
        check(name, forward, values, case)
        if name == "batch_norm":
            running_averages(case)
        index.append({"name": name} | description | {
            "input": list(case["input"].shape), "output": list(case["output"].shape)})
        tensors |= {f"{name}.{key}": value for key, value in case.items()}
    return tensors, index


def check(name, forward, values, case):
    """Holds PyTorch's own float32 to the tolerance of the Swift tests."""
    leaves = {key: value.float().requires_grad_() for key, value in values.items()}
    output = forward(leaves)
    output.backward(case["grad_output"].float())
    within(f"{name} output", relative(output.detach().double(), case["output"]), 1e-5)
    for key, leaf in leaves.items():
        within(f"{name} gradient of {key}", relative(leaf.grad.double(), case[f"grad_{key}"]), 1e-5)
