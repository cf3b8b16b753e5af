"""The networks of check_export.py: every preset, its variants, and networks whose layers are of every kind."""

import json
import struct
from dataclasses import dataclass

# Rates so high that after few steps the weights, and the pictures, are far from their beginning.
RATES = ("--lr-g", "0.02", "--lr-d", "0.02", "--batch-size", "16")
# For dense networks, whose sigmoids end in 0 or 1 at those.
GENTLE = ("--lr-g", "0.001", "--lr-d", "0.001", "--batch-size", "16")


@dataclass(frozen=True)
class Case:
    """Networks to train and export."""

    name: str
    preset: str = ""
    networks: dict = None  # an architecture in place of a preset
    training: tuple = RATES
    options: tuple = ()
    needs_digits: bool = False
    deviation: float = None  # of the weights at the start; None: the preset's
    opset: int = None

    def flags(self, folder, width, show):
        """What `train` is given; files that it needs are written to a folder. `show` gives a preset as JSON."""
        flags = [*self.options]
        networks = self.networks
        if self.deviation:
            networks = show("presets", self.preset, "--width", width, "--json")
            for layer in networks["architecture"]["generator"]:
                if "init" in layer:
                    layer["init"] = {"rule": "normal", "mean": 0, "std": self.deviation}
        if networks:
            (folder / "networks.json").write_text(json.dumps(networks), encoding="utf-8")
            flags += ["--architecture", "networks.json"]
        else:
            flags += ["--preset", self.preset, "--width", width]
        if self.needs_digits:
            write_digits(folder)
            flags += ["--data", "my-images-idx3-ubyte"]
        return flags


def write_digits(folder, count=64, side=28):
    """A data set in the form of MNIST, of pictures by a formula."""
    pixels = bytes((place * 7 + place // (side * side) * 31) % 256 for place in range(count * side * side))
    (folder / "my-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, count, side, side) + pixels)
    (folder / "my-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, count) + bytes(n % 10 for n in range(count)))


def product(kind, out, kernel=None, stride=1, padding=0, bias=False, **more):
    """A convolution of either kind, or a dense layer; initial weights are large."""
    window = {} if kernel is None else {"kernel": kernel, "stride": stride, "padding": padding}
    return {"layer": kind, "out": out, **window, "bias": bias, "init": {"rule": "normal", "mean": 0, "std": 0.2},
            **({"bias_init": {"rule": "normal", "mean": 0, "std": 0.2}} if bias else {}), **more}


def conv(out, kernel, stride=1, padding=0, **more):
    return product("convolution", out, kernel, stride, padding, **more)


def up(out, kernel, stride=1, padding=0, **more):
    return product("transposedConvolution", out, kernel, stride, padding, **more)


def dense(out, **more):
    return product("dense", out, **more)


def norm(**more):
    """Batch norm whose averages are nearly the last batch's, so that numbers are of the size 1 in evaluation too."""
    return {"layer": "batchNorm", "momentum": 0.9, **more}


def plain(kind, **more):
    return {"layer": kind, **more}


def reshape(channels, height, width):
    return {"layer": "reshape", "height": height, "width": width, "channels": channels}


def every_layer(name, **more):
    """All kinds of layers; all paddings, even and odd, below and above the stride; vectors in every order."""
    generator = [
        dense(40, **more), norm(epsilon=1e-3, scale=False), plain("leakyReLU", slope=0.3), reshape(10, 2, 2),
        up(9, 5, 2, "same", bias=True, **more), norm(), plain("relu"), plain("dropout", rate=0.25),
        up(8, 2, 3, "same", **more), plain("averagePool", kernel=5, stride=1), plain("sigmoid"),  # 12, then 8
        conv(12, 3, 1, "same", **more), plain("tanh"), plain("pixelShuffle", factor=2), norm(scale=False),
        up(6, 4, 2, 1, bias=True, **more), plain("leakyReLU", slope=0.2), plain("averagePool", kernel=2),  # 32, then 16
        reshape(24, 8, 8), conv(5, 4, 3, "same", bias=True, **more), plain("upsampleNearest", factor=5),  # 3, then 15
        conv(7, 5, 1, 2, **more), norm(), up(3, 2, 1, 0, bias=True, **more), plain("tanh"),
    ]
    discriminator = [
        conv(6, 4, 2, "same", bias=True, **more), plain("leakyReLU", slope=0.2), plain("dropout", rate=0.3),
        conv(8, 5, 2, "same", **more), norm(zero_debiased_mean=True, unbiased_running_variance=False), plain("relu"),
        plain("pixelShuffle", factor=2), conv(4, 3, 2, 1, bias=True, **more), reshape(64, 1, 1), norm(), plain("sigmoid"),
        conv(48, 1, **more), norm(), plain("tanh"), reshape(12, 2, 2), up(4, 3, 2, 0, **more), reshape(100, 1, 1),
        norm(), dense(1, bias=True, **more),
    ]
    return {"name": name, "latent": 10, "size": 16, "channels": 3, "generator": generator, "discriminator": discriminator}


def orders(name):
    """Vectors of layers that keep our order before batch norm and before pictures."""
    networks = every_layer(name)
    networks["generator"] = [conv(24, 1), norm(), plain("relu"), reshape(6, 2, 2), up(16, 2, 2), reshape(4, 4, 16),
                             reshape(256, 1, 1), norm(), reshape(16, 4, 4), up(3, 4, 4), plain("sigmoid")]
    return networks


def judging(name):
    """D's layers in G, where `generate --raw` shows what they compute."""
    networks = every_layer(name)
    networks["generator"] = [dense(768), norm(), reshape(3, 16, 16), *networks["discriminator"][:-1], dense(768),
                             reshape(3, 16, 16), plain("tanh")]
    return networks


def with_heads(name):
    """Labels and codes into G, both heads on D, one of them on a vector that was a picture."""
    networks = every_layer(name)
    groups = [{"name": "hair", "classes": HAIR}, {"name": "eyes", "classes": EYES}]
    networks |= {
        "conditions": {"groups": groups, "planes": False}, "codes": {"categorical": [3, 2], "uniform": 2},
        "q": {"after": 9, "layers": [dense(12, bias=True), norm(), plain("leakyReLU", slope=0.1), dense(7, bias=True)]},
        "classifier": {"after": 4, "layers": [conv(16, 1), reshape(4, 8, 8), conv(16, 8, bias=True)]},
    }
    return networks


HAIR = "aqua black blonde blue brown green pink purple red silver".split()
EYES = "amber blue brown green purple red".split()

CASES = [
    Case("dcgan64", "dcgan64"),
    Case("slim64", "slim64"),
    Case("paper64", "paper64"),
    Case("vanilla", "vanilla", training=GENTLE, needs_digits=True, deviation=0.1),
    Case("cgan28", "cgan28", needs_digits=True),
    Case("infogan28", "infogan28", needs_digits=True),
    Case("cdcgan64", "cdcgan64"),
    Case("torch96", "torch96"),
    Case("keras64", "keras64"),
    Case("dcgan64, spectral norm", "dcgan64", options=("--spectral-norm",)),
    Case("dcgan64, average of G", "dcgan64", options=("--set", "generator_average=0.5")),
    Case("dcgan64, ACGAN", "dcgan64", options=("--acgan", "--size", "32")),
    Case("slim64, no batch norm", "slim64", options=("--no-batch-norm", "--size", "32")),
    Case("layers", networks=every_layer("layers")),
    Case("layers, opset 13", networks=every_layer("layers"), opset=13),
    Case("layers, opset 21", networks=every_layer("layers"), opset=21),
    Case("layers, spectral norm", networks=every_layer("spectral", spectral_norm=True)),
    Case("orders", networks=orders("orders")),
    Case("layers of D in G", networks=judging("judging")),
    Case("heads", networks=with_heads("heads")),
]
