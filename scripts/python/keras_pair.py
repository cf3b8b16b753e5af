"""Usage: keras_pair.py FOLDER WIDTH

Writes what Keras computes for scripts/check-import: G and D of keras64's tutorial with random weights, and running averages
far from their start, in each kind of file that Keras has for them; and z, pictures and logits, in PyTorch's order, of both
in evaluation mode. Needs TensorFlow.
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy

import safetensors_file
import tensorflow_networks
from tensorflow_layers import Dropout

LATENT = 128
PICTURES = 5


class Both(keras.Model):
    """Both networks in one model, as where a model of its own trains them."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator

    def call(self, z):
        return self.discriminator(self.generator(z))


def model(layers, shape):
    """Keras's own model of a list of tensorflow_networks."""
    made = keras.Sequential([keras.layers.Dropout(layer.rate) if isinstance(layer, Dropout) else layer.layer for layer in layers])
    made.build((None, *shape))
    return made


def scramble(network, random):
    """Random weights, so large that pictures are far from grey, and running averages far from their start."""
    for layer in network.layers:
        values = layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            count = len(values[0])
            values = [random.normal(1, 0.2, count), random.normal(0, 0.2, count), random.normal(0, 0.3, count),
                      random.uniform(0.3, 1.5, count)]
        elif values:
            kernel = values[0]
            fan = kernel.size / kernel.shape[-1]
            if isinstance(layer, keras.layers.Conv2DTranspose):
                fan = kernel.size / kernel.shape[-2] / layer.strides[0] ** 2
            values = [random.normal(0, fan ** -0.5, kernel.shape), *(random.uniform(-0.3, 0.3, bias.shape) for bias in values[1:])]
        layer.set_weights(values)


def main():
    folder, width = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    random = numpy.random.default_rng(3)
    generator, discriminator = tensorflow_networks.keras64(width, LATENT)
    networks = {"generator": model(generator, (LATENT,)), "discriminator": model(discriminator, (64, 64, 3))}
    z = random.standard_normal((PICTURES, LATENT)).astype(numpy.float32)
    both = Both(**networks)
    both(z)
    for name, network in networks.items():
        scramble(network, random)
        network.save_weights(folder / f"{name}.weights.h5")
        network.save(folder / f"{name}.keras")
        network.save(folder / f"{name}.h5")
    both.save_weights(folder / "both.weights.h5")
    pictures = numpy.asarray(networks["generator"](z, training=False))
    logits = numpy.asarray(networks["discriminator"](pictures, training=False))
    safetensors_file.write(folder / "z.safetensors", {"z": z.reshape(*z.shape, 1, 1)})
    safetensors_file.write(folder / "computed.safetensors", {"pictures": pictures.transpose(0, 3, 1, 2), "logits": logits})
    print(f"Keras {keras.__version__}")


if __name__ == "__main__":
    main()
