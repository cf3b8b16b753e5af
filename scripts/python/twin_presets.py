"""Twins of the reference systems beside dcgan64: each schedule once from each of three states, in float64.

States, moments and z are given by a formula, so that a file holds only what PyTorch makes of them, and of long
tensors a part. What the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

import twin_formula
from reference_layers import Dropout
from tolerances import change_off, relative, within
from twin_formula import BATCH, LATENT, STEPS, TRACKED, UPDATED, WIDTH
from twin_packing import packed
from twin_systems import SYSTEMS

KINK_MARGIN = 5e-6  # see twin_dcgan64
NO_GRADIENT = 1e-9  # a bias that batch norm follows: its true gradient is zero


def part(tensor, kept):
    """What is written of a tensor: all, or `kept` numbers from all over it."""
    flat = tensor.detach().flatten()
    return flat[torch.from_numpy(twin_formula.kept(flat.numel(), kept))]


class Twin:
    """The networks of a system in one precision, at the formula's state."""

    def __init__(self, system, dtype):
        self.system, self.dtype, self.kink = system, dtype, float("inf")
        self.conditions = system.conditions
        g, d, *heads = system.networks(WIDTH, LATENT)
        self.networks = {"discriminator": d.to(dtype), "generator": g.to(dtype)}
        self.head, self.after = None, len(d.main)
        for self.after, head in heads:
            self.head = "classifier" if self.conditions.groups else "q"
            self.networks[self.head] = head.to(dtype)
        self.dropouts = [module for module in d.modules() if isinstance(module, Dropout)]
        for network in self.networks.values():
            for module in network.modules():
                if isinstance(module, (nn.ReLU, nn.LeakyReLU)):
                    module.register_forward_pre_hook(self._note_kink)

    def _note_kink(self, _, inputs):
        self.kink = min(self.kink, inputs[0].detach().abs().min().item())

    def forms(self):
        """Of each tensor of the state: its middle and how far the formula goes from it, float32 numbers."""
        found = {f"{role}.{key}": twin_formula.form(key, tuple(tensor.shape))
                 for role, network in self.networks.items() for key, tensor in network.state_dict().items()}
        return {name: torch.from_numpy(form) for name, form in found.items() if form is not None}

    def load(self, step, salt):
        """The state and the moments before step `step`."""
        self.step, self.salt, self.ordinal, self.draws = step, salt, 0, 0
        self.moments = {}
        for role, network in self.networks.items():
            state = network.state_dict()
            for key, tensor in state.items():
                name, shape = f"{role}.{key}", tuple(tensor.shape)
                if twin_formula.form(name, shape) is None:
                    state[key] = torch.tensor(TRACKED + step)
                else:
                    state[key] = torch.from_numpy(twin_formula.beginning(salt, name, shape)).to(self.dtype)
            network.load_state_dict(state)
            for key, parameter in network.named_parameters():
                name = f"{role}.{key}"
                self.moments[name] = [torch.from_numpy(value).to(self.dtype)
                                      for value in twin_formula.moments(salt, name, tuple(parameter.shape))]
        self.updates = {role: UPDATED + step for role in self.networks}

    def state(self):
        return {f"{role}.{key}": tensor.detach().clone()
                for role, network in self.networks.items() for key, tensor in network.state_dict().items()}

    def latents(self):
        """The next draw of G's input, [N,Z]: z, codes, and the one-hot labels of the step's reals."""
        z = torch.from_numpy(twin_formula.latents(self.salt, self.draws)).to(self.dtype)
        self.codes = self.conditions.codes(self.step, self.draws, BATCH).to(self.dtype)
        self.draws += 1
        return torch.cat([z, self.codes, self.labels()], 1)

    def reals(self, step):
        return torch.from_numpy(twin_formula.reals(self.system.picture, step)).to(self.dtype)

    def classes(self):
        """Of the step's reals."""
        return [self.conditions.classes(self.step * BATCH + n) for n in range(BATCH)]

    def labels(self):
        return self.conditions.one_hot(self.classes()).to(self.dtype)

    def forward(self, role, inputs, ordinal=None, labels=None):
        """G's pictures; D's logits, of pictures that have `labels` as planes, and what its head begins with; what the
        head tells."""
        self.ordinal = self.ordinal + 1 if ordinal is None else ordinal
        for dropout in self.dropouts:
            dropout.step, dropout.ordinal = self.step, self.ordinal
        network = self.networks[role]
        if role == "generator":
            first = network.main[0]
            return network(inputs if isinstance(first, nn.Linear) else inputs[:, :, None, None])
        if role == "discriminator":
            if self.conditions.planes and self.conditions.groups:
                planes = labels[:, :, None, None].expand(-1, -1, *inputs.shape[2:])
                inputs = torch.cat([inputs, planes], 1)
            features = network.main[:self.after](inputs)
            return network.main[self.after:](features).flatten(), features
        return network(inputs.flatten(1))

    def adam(self, role):
        """One update of the network's parameters; returns the gradients it was fed."""
        system = self.system
        rate = system.rates[0 if role == "discriminator" else 1]
        self.updates[role] += 1
        t = self.updates[role]
        first, second = 1 - 0.5**t, 1 - 0.999**t
        gradients = {}
        for key, parameter in self.networks[role].named_parameters():
            name, g = f"{role}.{key}", parameter.grad
            m, v = self.moments[name]
            m, v = 0.5 * m + 0.5 * g, 0.999 * v + 0.001 * g * g
            self.moments[name] = [m, v]
            if system.tensorflow:
                change = rate * second**0.5 / first * m / (v.sqrt() + system.epsilon)
            else:
                change = rate / first * m / ((v / second).sqrt() + system.epsilon)
            with torch.no_grad():
                parameter -= change
            gradients[name] = g.detach().clone()
        return gradients

    def run(self):
        """The schedule once. Returns mean losses and opinions, and each network's last gradients."""
        for network in self.networks.values():
            network.train()
        self.sums, gradients, fakes, inputs, are_old = {}, {}, None, None, False
        self.looks = 0
        real_target, fake_target, g_target = self.system.targets
        real, labels = self.reals(self.step), self.labels()
        mixes = 0

        for update in self.system.schedule:
            for network in self.networks.values():
                network.zero_grad()
            if update[0] == "G":
                if update[1] == "new":
                    inputs = self.latents()
                if update[1] == "new" or are_old:
                    fakes = self.forward("generator", inputs)
                self.judge(fakes, labels, g_target, "loss_g", "d_fake_after")
                if self.conditions.interpolation:
                    between = self.conditions.mixed(labels, self.step, mixes).to(self.dtype)
                    mixes += 1
                    mixed = self.forward("generator", torch.cat([inputs[:, :-between.shape[1]], between], 1))
                    self.judge(mixed, between, g_target, "loss_g", share=self.conditions.interpolation)
                are_old = True
                gradients |= self.adam("generator")
                if self.head == "q":
                    gradients |= self.adam("q")
                continue
            for kind, source in update:
                if kind == "reals":
                    self.judge(real, labels, real_target, "loss_d_real", "d_real")
                else:
                    if source == "new":
                        inputs = self.latents()
                        fakes, are_old = self.forward("generator", inputs), False
                    halves = 0.5 if self.conditions.wrong_labels else 1.0
                    self.judge(fakes.detach(), labels, fake_target, "loss_d_fake", "d_fake_before", halves)
                    if self.conditions.wrong_labels:
                        wrong = self.conditions.wrong(self.classes(), self.step, self.looks).to(self.dtype)
                        self.judge(real, wrong, fake_target, "loss_d_fake", share=halves)
            gradients |= self.adam("discriminator")
            if self.head == "classifier":
                gradients |= self.adam("classifier")
        return {key: torch.stack(values).mean() for key, values in self.sums.items()}, gradients

    def judge(self, pictures, labels, target, loss_name, opinion_name=None, share=1.0):
        """D's look at pictures, and its gradient. A look without an opinion adds to the loss of the one before."""
        sums = self.sums
        logits, features = self.forward("discriminator", pictures, labels=labels)
        loss = binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))
        if share != 1:
            loss = share * loss
        if opinion_name:
            sums.setdefault(loss_name, []).append(loss.detach())
            sums.setdefault(opinion_name, []).append(logits.detach().sigmoid().mean())
        else:
            sums[loss_name][-1] = sums[loss_name][-1] + loss.detach()
        self.looks += 1
        if self.head == "classifier":
            told = self.conditions.class_loss(self.forward("classifier", features), labels)
            sums.setdefault("loss_classes", []).append(told.detach())
            loss = loss + share * told
        if self.head == "q" and loss_name == "loss_g":
            told = self.conditions.code_loss(self.forward("q", features), self.codes)
            sums.setdefault("loss_codes", []).append(told.detach())
            loss = loss + share * told
        loss.backward()

    def forwards(self, salt):
        """G's pictures and D's logits from the state before step 0, in training and in evaluation mode."""
        made = {}
        for mode in ("training", "evaluation"):
            self.load(0, salt)
            for network in self.networks.values():
                network.train(mode == "training")
            with torch.no_grad():
                made[f"{mode}.pictures"] = self.forward("generator", self.latents(), ordinal=0)
                made[f"{mode}.logits"], features = self.forward(
                    "discriminator", self.reals(0), ordinal=0, labels=self.labels())
                if self.head:
                    made[f"{mode}.{self.head}"] = self.forward(self.head, features, ordinal=0)
        return made


def tensors(preset):
    """What the file of a preset holds."""
    system = SYSTEMS[preset]
    twin, single_twin = Twin(system, torch.float64), Twin(system, torch.float32)
    forms = twin.forms()
    found = {f"form.{name}": form for name, form in forms.items()}
    for step in range(STEPS):
        for salt in range(10_000):
            twin.kink = float("inf")
            twin.load(step, salt)
            before = twin.state()
            sums, gradients = twin.run()
            if twin.kink > KINK_MARGIN:
                break
        else:
            raise SystemExit(f"write_twins.py: {preset}: no state keeps clear of the kinks; lower KINK_MARGIN.")
        print(f"{preset}, step {step}: salt {salt}, no pre-activation nearer to zero than {twin.kink:.1e}")
        after = twin.state()
        check(single_twin, step, salt, before, sums, gradients, after)
        found[f"step.{step}.salt"] = torch.tensor(float(salt))
        found |= {f"step.{step}.{key}": value for key, value in sums.items()}
        found |= {f"gradient.{step}.{name}": part(g, system.kept) for name, g in gradients.items()}
        found |= {f"norm.{step}.{name}": g.norm() for name, g in gradients.items()}
        found |= {f"after.{step}.{name}": part(value, system.kept) for name, value in after.items() if value.dim()}
        found |= {f"after.{step}.{name}": value for name, value in after.items() if not value.dim()}
    salt = int(found["step.0.salt"])
    forwards, others = twin.forwards(salt), single_twin.forwards(salt)
    for key, value in forwards.items():
        within(f"{preset} {key}", (others[key].double() - value).abs().max(), 1e-5)
        found[key] = part(value, system.kept)
    return packed(found, twin.networks, STEPS) if system.packed else found


def check(twin, step, salt, before, sums, gradients, after):
    """Holds PyTorch's own float32 to the tolerances of the Swift tests."""
    twin.load(step, salt)
    own_sums, own_gradients = twin.run()
    own_after = twin.state()
    for key, value in sums.items():
        within(f"step {step} {key}", (own_sums[key].double() - value).abs(), 1e-5)
    for name, value in gradients.items():
        if value.norm() < NO_GRADIENT:
            within(f"step {step} zero gradient of {name}", own_gradients[name].abs().max(), 1e-5)
        else:
            own, wanted = (part(tensor, twin.system.kept).double() for tensor in (own_gradients[name], value))
            within(f"step {step} gradient of {name}", relative(own, wanted), 1e-4)
    for name, value in after.items():
        change = own_after[name].double() - before[name].double()
        within(f"step {step} change of {name}",
               change_off(change, value.double() - before[name].double(), 1e-5), 0.001)
