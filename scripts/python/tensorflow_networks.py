"""The reference systems that were written for TensorFlow and Keras, in their own layers: functions of a base width, 64
in full.

Each gives (G, D), lists of layers numbered as in the program, and what has a head of D gives it third, as in
reference_networks. Pictures are N,H,W,C; z is [N,Z].
"""

import keras
import tensorflow as tf

from tensorflow_layers import BatchNorm, Conv, ConvTranspose, Dense, Dropout, Function, KerasLayer


def leaky(slope=0.2):
    return Function(lambda x: tf.nn.leaky_relu(x, slope))


def relu():
    return Function(tf.nn.relu)


def tanh():
    return Function(tf.tanh)


def flatten():
    return Function(lambda x: tf.reshape(x, (x.shape[0], -1)))


def paper64(width, latent):
    def norm(channels):
        return BatchNorm(channels, decay=0.9, epsilon=1e-5)

    picture = (4, 4, 16 * width)
    g = [Dense(latent, 256 * width, made=picture), Function(lambda x: tf.reshape(x, (-1, *picture))),
         norm(16 * width), relu()]
    for before, after in ((16, 8), (8, 4), (4, 2)):
        g += [ConvTranspose(before * width, after * width, 5, 2), norm(after * width), relu()]
    g += [ConvTranspose(2 * width, 3, 5, 2), tanh()]
    d = [Conv(3, width, 5, 2), leaky()]
    for before, after in ((1, 2), (2, 4), (4, 8)):
        d += [Conv(before * width, after * width, 5, 2), norm(after * width), leaky()]
    return g, d + [flatten(), Dense(128 * width, 1, read=(4, 4, 8 * width))]


def slim64(width, latent):
    def norm(channels):
        return BatchNorm(channels, decay=0.999, epsilon=1e-3, scale=False, zero_debias=True)

    g = [ConvTranspose(latent, 16 * width, 4, 1, bias=False, padding="VALID"), norm(16 * width), relu()]
    for before, after in ((16, 6), (6, 4), (4, 2)):  # 1024, 384, 256, 128
        g += [ConvTranspose(before * width, after * width, 4, 2, bias=False), norm(after * width), relu()]
    g += [ConvTranspose(2 * width, width, 4, 2), Conv(width, 3, 1, 1), tanh()]
    d = [Conv(3, width, 4, 2), leaky()]
    for factor in (1, 2, 4, 8, 16):
        d += [Conv(factor * width, 2 * factor * width, 4, 2, bias=False), norm(2 * factor * width), leaky()]
    return g, d + [Conv(32 * width, 1, 1, 1)]


def keras64(width, latent):
    layers = keras.layers
    picture = (4, 4, 8 * width)
    g = [KerasLayer(layers.Dense(128 * width, use_bias=False), made=picture),
         KerasLayer(layers.BatchNormalization(), made=picture), KerasLayer(layers.LeakyReLU(0.2)),
         KerasLayer(layers.Reshape(picture))]
    for out in (4 * width, 2 * width, width, width // 2):
        g += [KerasLayer(layers.Conv2DTranspose(out, 5, 2, padding="same", use_bias=False)),
              KerasLayer(layers.BatchNormalization()), KerasLayer(layers.LeakyReLU(0.2))]
    g.append(KerasLayer(layers.Conv2D(3, 5, 1, padding="same")))
    g.append(KerasLayer(layers.Activation("tanh")))
    d = []
    for out in (width, 2 * width, 4 * width, 8 * width):
        d += [KerasLayer(layers.Conv2D(out, 5, 2, padding="same")), KerasLayer(layers.LeakyReLU(0.2))]
        d.append(Dropout(0.3, len(d)))
    d += [KerasLayer(layers.Flatten()), KerasLayer(layers.Dense(1), read=picture)]
    return g, d


def cgan28_norm(channels):
    return BatchNorm(channels, decay=0.9, epsilon=1e-3, scale=False)


def cgan28(width, latent, beside=10, planes=10):
    """G takes z and `beside` numbers, the one-hot vector, D the picture and `planes` planes."""
    picture = (3, 3, 8 * width)
    g = [Dense(latent + beside, 72 * width, made=picture), Function(lambda x: tf.reshape(x, (-1, *picture))),
         cgan28_norm(8 * width), relu()]
    for before, after in ((8, 4), (4, 2), (2, 1)):
        g += [ConvTranspose(before * width, after * width, 5, 2), cgan28_norm(after * width), relu()]
    g += [ConvTranspose(width, 1, 5, 1, padding="VALID"), tanh()]
    d = [Conv(1 + planes, width, 5, 2), leaky()]
    for before, after in ((1, 2), (2, 4), (4, 8)):
        d += [Conv(before * width, after * width, 5, 2), cgan28_norm(after * width), leaky()]
    return g, d + [flatten(), Dense(32 * width, 1, read=(2, 2, 8 * width))]


def infogan28(width, latent):
    """A code of ten values and two numbers; Q begins before the flattening, and flattens for itself."""
    g, d = cgan28(width, latent, beside=12, planes=0)
    q = [Dense(32 * width, 2 * width, read=(2, 2, 8 * width)), cgan28_norm(2 * width), leaky(0.1), Dense(2 * width, 12)]
    return g, d, (len(d) - 2, q)
