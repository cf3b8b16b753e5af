"""How the TensorFlow systems are trained: the frameworks' own losses and optimizers, called as the tutorials do."""

from dataclasses import dataclass
from typing import Callable

import keras
import tensorflow as tf

import tensorflow_networks
from twin_formula import KERAS, PLAIN, SLIM, TWICE

v1 = tf.compat.v1


def plain_loss(side, logits):
    labels = tf.zeros_like(logits) if side == "fake" else tf.ones_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


def slim_loss(side, logits):
    """Smoothing on D's reals only."""
    labels = tf.zeros_like(logits) if side == "fake" else tf.ones_like(logits)
    return v1.losses.sigmoid_cross_entropy(labels, logits, label_smoothing=0.25 if side == "real" else 0)


def keras_loss(side, logits):
    """Smoothing on every target."""
    labels = tf.zeros_like(logits) if side == "fake" else tf.ones_like(logits)
    return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)(labels, logits)


def code_loss(categorical, told, codes):
    """-log Q(codes) without its constant, as InfoGAN's: the cross-entropy of each code of so many values, and half the
    squared distance of the numbers after them from means of unit variance."""
    sizes = [*categorical, told.shape[1] - sum(categorical)]
    *pairs, numbers = zip(tf.split(codes, sizes, 1), tf.split(told, sizes, 1))
    values = sum(tf.nn.softmax_cross_entropy_with_logits(labels, logits) for labels, logits in pairs)
    return tf.reduce_mean(values) + 0.5 * tf.reduce_mean(tf.reduce_sum(tf.math.squared_difference(*numbers), 1))


class TensorFlowAdam:
    """tf.compat.v1.train.AdamOptimizer, with a state that can be set."""

    def __init__(self, rate):
        # Constants, as it would take Python's numbers for float32.
        rate, beta1, beta2, epsilon = (tf.constant(x, tf.float64) for x in (rate, 0.5, 0.999, 1e-8))
        self.own = v1.train.AdamOptimizer(rate, beta1, beta2, epsilon)

    def load(self, variables, moments, updates):
        """`moments`: m and v of each variable; `updates` lie behind it."""
        # Its slots are there after a first update; what that does to the variables is undone.
        before = [v.numpy() for v in variables]
        self.apply(variables, [tf.zeros_like(v) for v in variables])
        for v, value, (first, second) in zip(variables, before, moments):
            v.assign(value)
            self.own.get_slot(v, "m").assign(first)
            self.own.get_slot(v, "v").assign(second)
        for power, beta in zip(self.own._get_beta_accumulators(), (0.5, 0.999)):
            power.assign(beta ** (updates + 1))

    def apply(self, variables, gradients):
        self.own.apply_gradients(zip(gradients, variables))


class KerasAdam:
    """keras.optimizers.Adam with its own epsilon, 1e-7, and a state that can be set."""

    def __init__(self, rate):
        self.own = keras.optimizers.Adam(rate, beta_1=0.5)

    def load(self, variables, moments, updates):
        self.own.build(variables)
        self.own.iterations.assign(updates)
        for m, v, (first, second) in zip(self.own._momentums, self.own._velocities, moments):
            m.assign(first)
            v.assign(second)

    def apply(self, variables, gradients):
        self.own.apply_gradients(zip(gradients, variables))


@dataclass(frozen=True)
class System:
    """One preset as its tutorial has it."""

    networks: Callable[[int, int], tuple]
    picture: tuple  # C, H, W
    loss: Callable = plain_loss
    schedule: tuple = PLAIN
    optimizer: Callable = TensorFlowAdam
    rates: tuple = (2e-4, 2e-4)  # D's and G's
    conditional: bool = False  # whether both networks are told a class
    categorical: tuple = ()  # numbers of values of the codes that G is told and Q is to tell
    uniform: int = 0  # codes after them that are numbers


SYSTEMS = {
    "paper64": System(tensorflow_networks.paper64, (3, 64, 64)),
    "slim64": System(tensorflow_networks.slim64, (3, 64, 64), slim_loss, SLIM, rates=(4e-4, 1e-4)),
    "keras64": System(tensorflow_networks.keras64, (3, 64, 64), keras_loss, KERAS, KerasAdam),
    "cgan28": System(tensorflow_networks.cgan28, (1, 28, 28), schedule=TWICE, conditional=True),
    "infogan28": System(tensorflow_networks.infogan28, (1, 28, 28), rates=(2e-4, 1e-3), categorical=(10,), uniform=2),
}
