"""What TensorFlow and Keras mean by words that others use differently, in numbers that they compute themselves.

What the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import json
import math

import keras
import numpy
import tensorflow as tf

from tensorflow_layers import ZeroDebiasedAverage
from tensorflow_training import keras_loss, plain_loss, slim_loss

v1 = tf.compat.v1

# kernel, stride, height, width: even and odd sizes.
CONVOLUTIONS = [(4, 2, 6, 7), (5, 2, 6, 7), (7, 2, 8, 9), (5, 1, 6, 5), (4, 1, 5, 6)]
TRANSPOSED = [(4, 2, 3, 4), (5, 2, 3, 4), (7, 2, 3, 4), (5, 1, 6, 5), (4, 1, 5, 6)]
LOGITS = [-3.5, -1.0, 0.0, 0.125, 2.25]
STEPS = (1, 10, 100)


def flat(tensor):
    return numpy.asarray(tensor, numpy.float64).reshape(-1).tolist()


def same_padding():
    """Layers of one channel in and out, on whole numbers, so that every sum is exact. `weight` is k x k, `input`
    height x width; of the convolution of ones with ones each output counts the pixels that its window finds."""
    for kind, cases in (("convolution", CONVOLUTIONS), ("transposed_convolution", TRANSPOSED)):
        for kernel, stride, height, width in cases:
            weight = numpy.arange(1.0, kernel * kernel + 1).reshape(kernel, kernel, 1, 1)
            pixels = (numpy.arange(height * width) * 7 % 11 - 4.0).reshape(1, height, width, 1)
            made = []
            for x, w in ((pixels, weight), (numpy.ones_like(pixels), numpy.ones_like(weight))):
                if kind == "convolution":
                    made.append(tf.nn.conv2d(x, w, stride, "SAME"))
                else:
                    shape = (1, height * stride, width * stride, 1)
                    made.append(tf.nn.conv2d_transpose(x, w, shape, stride, "SAME"))
            yield {"kind": kind, "kernel": kernel, "stride": stride, "height": height, "width": width,
                   "weight": flat(weight), "input": flat(pixels), "output_height": made[0].shape[1],
                   "output_width": made[0].shape[2], "output": flat(made[0]), "counts": flat(made[1])}


def losses():
    """Each logit's loss, by preset and side."""
    for preset, loss in (("paper64", plain_loss), ("slim64", slim_loss), ("keras64", keras_loss)):
        for side in ("real", "fake", "generator"):
            yield {"preset": preset, "side": side,
                   "losses": [float(loss(side, tf.constant([[x]], tf.float64))) for x in LOGITS]}


def adam():
    """Eight parameters from 0; gradient k of parameter i is sin(0.3 k (i + 1)) 10^-(i + 3)."""
    def constants(*numbers):
        return [tf.constant(x, tf.float64) for x in numbers]

    makers = {
        "tf.compat.v1.train.AdamOptimizer": (1e-8, lambda: v1.train.AdamOptimizer(*constants(2e-4, 0.5, 0.999))),
        "keras.optimizers.Adam": (1e-7, lambda: keras.optimizers.Adam(2e-4, beta_1=0.5)),
    }
    for name, (epsilon, make) in makers.items():
        parameters, optimizer, after = tf.Variable(tf.zeros(8, tf.float64)), make(), []
        for k in range(1, STEPS[-1] + 1):
            gradient = [numpy.float32(math.sin(0.3 * k * (i + 1)) * 10.0 ** -(i + 3)) for i in range(8)]
            optimizer.apply_gradients([(tf.constant(gradient, tf.float64), parameters)])
            if k in STEPS:
                after.append(flat(parameters))
        yield {"optimizer": name, "epsilon": epsilon, "steps": STEPS, "parameters": after}


def batch(k):
    """The k-th batch: [6,2], channel c's numbers around 1 + c."""
    return numpy.array([[numpy.float32(math.sin(1.3 * k + 0.7 * n * (c + 1)) + 1 + c) for c in range(2)]
                        for n in range(6)], numpy.float64)


def averages():
    """Running averages after each of three batches of `batch`, from 0 and 1."""
    for decay in (0.9, 0.99, 0.999):
        layer = keras.layers.BatchNormalization(momentum=decay, epsilon=1e-3)
        means, variances = [], []
        for k in range(3):
            layer(batch(k), training=True)
            means.append(flat(layer.moving_mean))
            variances.append(flat(layer.moving_variance))
        yield {"source": "keras.layers.BatchNormalization", "decay": decay, "zero_debiased": False,
               "means": means, "variances": variances}
    average, mean, means = ZeroDebiasedAverage(2, 0.999), numpy.zeros(2), []
    for k in range(3):
        mean = average(mean, numpy.asarray(tf.nn.moments(batch(k), [0])[0]))
        means.append(flat(mean))
    # The variances of the case before, which has the same decay.
    yield {"source": "assign_moving_average, zero_debias=True", "decay": 0.999, "zero_debiased": True, "means": means,
           "variances": variances}


def initial():
    """Bounds of Keras's GlorotUniform, by kernel; and of a million draws of a normal of std 0.02 that is cut off at
    two: the largest, the std, and the shares that lie within 0.5, 1 and 1.5 times 0.02."""
    shapes = {"convolution": (5, 5, 8, 16), "transposed_convolution": (5, 5, 16, 8), "dense": (24, 40)}
    bounds = []
    for kind, shape in shapes.items():
        drawn = [keras.initializers.GlorotUniform(seed=seed)(shape) for seed in range(100)]
        bounds.append({"kind": kind, "shape": shape, "largest": float(numpy.abs(drawn).max())})
    sizes = numpy.abs(tf.random.stateless_truncated_normal((1_000_000,), (1, 2), 0, 0.02, tf.float64))
    normal = {"std": 0.02, "largest": float(sizes.max()), "found_std": float((sizes**2).mean() ** 0.5),
              "within": [float((sizes < 0.02 * bound).mean()) for bound in (0.5, 1, 1.5)]}
    layers = [keras.layers.Conv2D(3, 5), keras.layers.Conv2DTranspose(3, 5), keras.layers.Dense(3)]
    for layer in layers:
        layer.build((1, 6, 6, 2))
    return {"glorot": bounds, "truncated_normal": normal,
            "largest_bias": max(float(numpy.abs(layer.bias).max()) for layer in layers)}


def dropout():
    """What Keras's own Dropout(0.3) makes of ones: its two values."""
    return sorted(set(flat(keras.layers.Dropout(0.3)(numpy.ones((64, 64)), training=True))))


def text():
    """The fixture, a case a line."""
    def listed(cases):
        return "[\n" + ",\n".join("    " + json.dumps(case) for case in cases) + "\n  ]"

    parts = {"same": listed(same_padding()), "logits": json.dumps(LOGITS), "losses": listed(losses()),
             "adam": listed(adam()), "averages": listed(averages()), "initial": json.dumps(initial()),
             "dropout": json.dumps(dropout())}
    return "{\n" + ",\n".join(f'  "{key}": {value}' for key, value in parts.items()) + "\n}\n"
