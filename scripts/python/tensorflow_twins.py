"""The systems that were written for TensorFlow and Keras, in these frameworks and in float64, from the states of
PyTorch's twins: a second opinion of what each step makes of them.

What the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import numpy
import tensorflow as tf

import condition_draws
import twin_formula
from tensorflow_layers import BatchNorm, Dropout
from tensorflow_training import SYSTEMS, code_loss
from twin_formula import BATCH, LATENT, STEPS, TRACKED, UPDATED, WIDTH

KEPT = 32  # numbers of a tensor that are written, at most: the first of those that PyTorch's file has
AGREE = 5e-6  # how far the two frameworks may be apart, of a tensor's largest number; PyTorch's are read as float32


def part(numbers):
    """What is written of an array."""
    flat = numpy.asarray(numpy.asarray(numbers), numpy.float64).reshape(-1)
    return flat[twin_formula.kept(flat.size)[:KEPT]]


class Twin:
    """Both networks of a system at the formula's state."""

    def __init__(self, system):
        self.system = system
        g, d, *heads = system.networks(WIDTH, LATENT)
        self.networks, self.after = {"discriminator": d, "generator": g}, len(d)
        if heads:
            self.after, self.networks["q"] = heads[0]
        self.step = self.salt = self.ordinal = self.draws = 0
        # Keras makes a layer's variables when it is first called.
        self.judged(self.forward("generator", self.latents(), False), False)
        self.held = {f"{role}.main.{place}.{key}": held for role, layers in self.networks.items()
                     for place, layer in enumerate(layers) for key, held in layer.state().items()}
        self.trained = {role: {name: held for name, held in self.held.items()
                               if held.trained and name.startswith(role)} for role in self.networks}

    def load(self, step, salt):
        """The state and the moments before step `step`."""
        self.step, self.salt, self.ordinal, self.draws = step, salt, 0, 0
        for name, held in self.held.items():
            held.variable.assign(held.from_torch(twin_formula.beginning(salt, name, held.shape())))
        for layer in sum(self.networks.values(), []):
            if isinstance(layer, BatchNorm):
                layer.load_counter(TRACKED + step)
        self.optimizers = {}
        for role, trained in self.trained.items():
            optimizer = self.system.optimizer(self.system.rates[0 if role == "discriminator" else 1])
            moments = [[held.from_torch(value) for value in twin_formula.moments(salt, name, held.shape())]
                       for name, held in trained.items()]
            optimizer.load([held.variable for held in trained.values()], moments, UPDATED + step)
            self.optimizers[role] = optimizer

    def forward(self, role, x, training=True, first=0, end=None):
        """From layer `first` to before `end`."""
        for layer in self.networks[role][first:end]:
            if isinstance(layer, Dropout):
                layer.step, layer.ordinal = self.step, self.ordinal
            x = layer(x, training)
        return x

    def judged(self, pictures, training=True):
        """D's logits, and what its head begins with."""
        if self.system.conditional:
            planes = tf.constant(twin_formula.conditions(self.step))[:, None, None, :]
            pictures = tf.concat([pictures, tf.tile(planes, (1, *pictures.shape[1:3], 1))], -1)
        features = self.forward("discriminator", pictures, training, end=self.after)
        return tf.reshape(self.forward("discriminator", features, training, self.after), (-1, 1)), features

    def told(self, features, training=True):
        """What Q tells."""
        return self.forward("q", tf.reshape(features, (BATCH, -1)), training)

    def latents(self):
        """The next draw of what G takes, [N,Z]: z, codes, labels."""
        self.codes = tf.constant(condition_draws.codes(
            self.system.categorical, self.system.uniform, self.step, self.draws, BATCH))
        labels = [twin_formula.conditions(self.step)] if self.system.conditional else []
        self.draws += 1
        return tf.concat([tf.constant(twin_formula.latents(self.salt, self.draws - 1)), self.codes, *labels], -1)

    def reals(self, step):
        return tf.constant(twin_formula.reals(self.system.picture, step).transpose(0, 2, 3, 1))

    def update(self, role, gradients):
        """The network's optimizer on the gradients; returns these by name, in PyTorch's layout."""
        trained = self.trained[role]
        self.optimizers[role].apply([held.variable for held in trained.values()], gradients)
        return {name: held.to_torch(g) for (name, held), g in zip(trained.items(), gradients)}

    def run(self):
        """The schedule once. Returns mean losses and opinions, and each network's last gradients."""
        sums, gradients = {}, {}
        real = self.reals(self.step)
        d, g, q = ([held.variable for held in self.trained.get(role, {}).values()]
                   for role in ("discriminator", "generator", "q"))

        def judge(pictures, side, loss_name, opinion_name):
            """The loss, and what Q tells of the same pictures where it learns, by its loss."""
            self.ordinal += 1
            logits, features = self.judged(pictures)
            loss = self.system.loss(side, logits)
            sums.setdefault(loss_name, []).append(float(loss))
            sums.setdefault(opinion_name, []).append(float(tf.reduce_mean(tf.sigmoid(logits))))
            if q and side == "generator":
                told = code_loss(self.system.categorical, self.told(features), self.codes)
                sums.setdefault("loss_codes", []).append(float(told))
                loss += told
            return loss

        def make(z):
            self.ordinal += 1
            with tf.GradientTape() as tape:
                return self.forward("generator", z), tape

        fakes_are_old = False
        for update in self.system.schedule:
            if update[0] == "G":
                if update[1] == "new":
                    z = self.latents()
                if update[1] == "new" or fakes_are_old:
                    fakes, made = make(z)
                fakes_are_old = True
                with tf.GradientTape() as tape:
                    tape.watch(fakes)
                    loss = judge(fakes, "generator", "loss_g", "d_fake_after")
                at_fakes, *at_q = tape.gradient(loss, [fakes, *q])
                gradients |= self.update("generator", made.gradient(fakes, g, at_fakes))
                if q:
                    gradients |= self.update("q", at_q)
                continue
            with tf.GradientTape() as tape:
                loss = 0
                for kind, source in update:
                    if kind == "reals":
                        loss += judge(real, "real", "loss_d_real", "d_real")
                    else:
                        if source == "new":
                            z, fakes_are_old = self.latents(), False
                            with tape.stop_recording():
                                fakes, made = make(z)
                        loss += judge(fakes, "fake", "loss_d_fake", "d_fake_before")
            gradients |= self.update("discriminator", tape.gradient(loss, d))
        return {key: numpy.mean(values) for key, values in sums.items()}, gradients


def tensors(preset, torchs):
    """What the file of a preset holds; `torchs` is what PyTorch's does, by name."""
    twin, found = Twin(SYSTEMS[preset]), {}
    for step in range(STEPS):
        twin.load(step, int(torchs[f"step.{step}.salt"]))
        sums, gradients = twin.run()
        found |= {f"step.{step}.{key}": numpy.array(value) for key, value in sums.items()}
        found |= {f"gradient.{step}.{name}": part(g) for name, g in gradients.items()}
        found |= {f"norm.{step}.{name}": numpy.linalg.norm(g) for name, g in gradients.items()}
        found |= {f"after.{step}.{name}": part(held.to_torch(held.variable)) for name, held in twin.held.items()}
    for mode in ("training", "evaluation"):
        twin.load(0, int(torchs["step.0.salt"]))
        pictures = twin.forward("generator", twin.latents(), mode == "training")
        logits, features = twin.judged(twin.reals(0), mode == "training")
        found[f"{mode}.pictures"] = part(numpy.asarray(pictures).transpose(0, 3, 1, 2))
        found[f"{mode}.logits"] = part(logits)
        if "q" in twin.networks:
            found[f"{mode}.q"] = part(twin.told(features, mode == "training"))
    compare(preset, found, torchs)
    return found


def compare(preset, found, torchs):
    """Ends the program where the two frameworks differ, or name other tensors."""
    same = {name for name in torchs if not name.startswith("form.") and not name.endswith(("salt", "tracked"))}
    if same != set(found):
        raise SystemExit(f"write_tensorflow_twins.py: {preset}: only one framework has {sorted(same ^ set(found))}.")
    worst = 0
    for name, value in found.items():
        value = numpy.asarray(value).reshape(-1)
        wanted = numpy.asarray(torchs[name], numpy.float64).reshape(-1)[:value.size]
        off = numpy.abs(value - wanted).max() / max(1e-3, numpy.abs(wanted).max())
        worst = max(worst, off)
        if not off < AGREE:
            raise SystemExit(
                f"write_tensorflow_twins.py: {preset}: {name}: TensorFlow and PyTorch are {off:.1e} apart.")
    print(f"{preset}: TensorFlow and PyTorch are at most {worst:.1e} of a tensor's largest number apart")
