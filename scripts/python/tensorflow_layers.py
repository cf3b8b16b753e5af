"""Layers of the TensorFlow twins: TensorFlow's own operations and averages, Keras's own layers, and the names and
layouts that PyTorch has for their state.

A layer that computes is called with (x, training). `state()` gives PyTorch's name of each of its tensors, the variable
and how that lies (see Held).
"""

from dataclasses import dataclass

import keras
import numpy
import tensorflow as tf
from tensorflow.python.training import moving_averages

from philox import dropout_numbers


@dataclass
class Held:
    """A variable of the state, and the picture (H, W, C) that a dense layer's inputs or outputs are, or a vector's
    numbers: PyTorch counts their places as C, H, W."""

    variable: object
    read: tuple = None
    made: tuple = None
    trained: bool = True

    def shape(self):
        """PyTorch's."""
        return tuple(reversed(self.variable.shape)) if len(self.variable.shape) != 4 else tuple(
            numpy.array(self.variable.shape)[[3, 2, 0, 1]])

    def to_torch(self, numbers):
        """Numbers that lie as the variable's, in PyTorch's layout."""
        numbers = numpy.asarray(numbers)
        if numbers.ndim == 4:  # [KH,KW,C,OC] or, transposed, [KH,KW,OC,C]
            return numbers.transpose(3, 2, 0, 1)
        if numbers.ndim == 2:  # [IN,OUT]
            numbers = numbers.T
        if self.made:
            numbers = numbers.reshape(*self.made, -1).transpose(2, 0, 1, 3).reshape(numbers.shape)
        if self.read:
            numbers = numbers.reshape(-1, *self.read).transpose(0, 3, 1, 2).reshape(numbers.shape)
        return numbers

    def from_torch(self, numbers):
        """The inverse."""
        if numbers.ndim == 4:
            return numbers.transpose(2, 3, 1, 0)
        shape = numbers.shape
        if self.made:
            h, w, c = self.made
            numbers = numbers.reshape(c, h, w, -1).transpose(1, 2, 0, 3).reshape(shape)
        if self.read:
            h, w, c = self.read
            numbers = numbers.reshape(-1, c, h, w).transpose(0, 2, 3, 1).reshape(shape)
        return numbers.T if numbers.ndim == 2 else numbers


def variable(*shape):
    return tf.Variable(tf.zeros(shape, tf.float64))


class Linear:
    """What has a weight and perhaps a bias."""

    def __init__(self, shape, outputs, bias, read=None, made=None):
        self.weight, self.read, self.made = variable(*shape), read, made
        self.bias = variable(outputs) if bias else None

    def state(self):
        found = {"weight": Held(self.weight, self.read, self.made)}
        return found | ({"bias": Held(self.bias, made=self.made)} if self.bias is not None else {})

    def biased(self, y):
        return y if self.bias is None else tf.nn.bias_add(y, self.bias)


class Conv(Linear):
    def __init__(self, channels, out, kernel, stride, bias=True, padding="SAME"):
        super().__init__((kernel, kernel, channels, out), out, bias)
        self.stride, self.padding = stride, padding

    def __call__(self, x, training):
        return self.biased(tf.nn.conv2d(x, self.weight, self.stride, self.padding))


class ConvTranspose(Linear):
    def __init__(self, channels, out, kernel, stride, bias=True, padding="SAME"):
        super().__init__((kernel, kernel, out, channels), out, bias)
        self.stride, self.padding, self.kernel, self.out = stride, padding, kernel, out

    def __call__(self, x, training):
        if len(x.shape) == 2:  # z
            x = x[:, None, None, :]
        more = 0 if self.padding == "SAME" else self.kernel - self.stride
        height, width = (side * self.stride + more for side in x.shape[1:3])
        shape = (x.shape[0], height, width, self.out)
        return self.biased(tf.nn.conv2d_transpose(x, self.weight, shape, self.stride, self.padding))


class Dense(Linear):
    def __init__(self, inputs, outputs, bias=True, read=None, made=None):
        super().__init__((inputs, outputs), outputs, bias, read, made)

    def __call__(self, x, training):
        return self.biased(tf.matmul(x, self.weight))


class ZeroDebiasedAverage:
    """TensorFlow's `assign_moving_average(zero_debias=True)`, which keeps two variables of its own in a graph."""

    def __init__(self, channels, decay):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.value = tf.compat.v1.placeholder(tf.float64, [channels])
            self.mean = tf.compat.v1.get_variable("mean", [channels], tf.float64, use_resource=True)
            self.update = moving_averages.assign_moving_average(self.mean, self.value, decay, zero_debias=True)
            self.variables = {v.op.name.rsplit("/", 1)[-1]: v for v in tf.compat.v1.global_variables()}
            self.session = tf.compat.v1.Session()
            self.session.run(tf.compat.v1.global_variables_initializer())
        self.decay, self.steps = decay, 0

    def __call__(self, mean, value):
        """The average after `value`, from an average `mean` of `steps` values."""
        with self.graph.as_default():
            biased = mean * (1 - self.decay**self.steps)
            for name, start in (("mean", mean), ("biased", biased), ("local_step", float(self.steps))):
                self.variables[name].load(start, self.session)
            self.session.run(self.update, {self.value: value})
            self.steps += 1
            return self.session.run(self.mean)


class BatchNorm:
    """tf.nn.moments and tf.nn.batch_normalization, with assign_moving_average for the running averages."""

    def __init__(self, channels, decay, epsilon, scale=True, zero_debias=False):
        self.decay, self.epsilon = decay, epsilon
        self.gamma, self.beta = variable(channels) if scale else None, variable(channels)
        self.mean, self.variance = variable(channels), variable(channels)
        self.debias = ZeroDebiasedAverage(channels, decay) if zero_debias else None

    def state(self):
        found = {"weight": Held(self.gamma)} if self.gamma is not None else {}
        return found | {"bias": Held(self.beta), "running_mean": Held(self.mean, trained=False),
                        "running_var": Held(self.variance, trained=False)}

    def load_counter(self, batches):
        if self.debias:
            self.debias.steps = batches

    def __call__(self, x, training):
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
            if self.debias:
                self.mean.assign(self.debias(self.mean.numpy(), mean.numpy()))
            else:
                moving_averages.assign_moving_average(self.mean, mean, self.decay, zero_debias=False)
            moving_averages.assign_moving_average(self.variance, variance, self.decay, zero_debias=False)
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)


class Function:
    """An operation without state."""

    def __init__(self, function):
        self.function = function

    def state(self):
        return {}

    def __call__(self, x, training):
        return self.function(x)


class KerasLayer:
    """A layer of Keras; built by its first call."""

    names = {"kernel": "weight", "gamma": "weight", "bias": "bias", "beta": "bias", "moving_mean": "running_mean",
             "moving_variance": "running_var"}

    def __init__(self, layer, read=None, made=None):
        self.layer, self.read, self.made = layer, read, made

    def state(self):
        trained = {id(v) for v in self.layer.trainable_variables}
        return {self.names[v.name]: Held(v, self.read if v.name == "kernel" else None, self.made, id(v) in trained)
                for v in self.layer.variables}

    def __call__(self, x, training):
        if isinstance(self.layer, keras.layers.BatchNormalization):
            return self.layer(x, training=training)
        return self.layer(x)


class Dropout:
    """TensorFlow's dropout on the program's numbers."""

    def __init__(self, rate, place):
        self.rate, self.place = rate, place
        self.step, self.ordinal = 0, 0  # set by whoever counts forward passes

    def state(self):
        return {}

    def __call__(self, x, training):
        if not training:
            return x

        def numbers(shape, dtype):
            count = int(numpy.prod(x.shape[1:]))
            drawn = [dropout_numbers(count, n, self.step, self.ordinal, self.place) for n in range(x.shape[0])]
            return tf.constant(numpy.stack(drawn).reshape(x.shape), dtype)

        return tf.nn.experimental.general_dropout(x, self.rate, numbers)
