"""The dcgan64 twin: three training steps of a small pair in float64, written down for the Swift tests.

What the names mean stands in Tests/TwinTests/Fixtures/README.md.
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from networks import discriminator, generator
from tolerances import change_off, relative, within

WIDTH, LATENT, BATCH, SIZE, CHANNELS, STEPS = 4, 8, 4, 64, 3, 3
LEARNING_RATE, BETA1, BETA2, EPSILON = 2e-4, 0.5, 0.999, 1e-8
# float32 rounds a pre-activation by about 1e-6. One that lies nearer to zero than this could fall on the other side
# of a ReLU there, and its gradient would differ for no fault of the program: seeds with such a one are passed over.
KINK_MARGIN = 1e-5
FIRST_SEED = 5416  # those below come too near


def single(tensor):
    """Rounded to float32, kept in float64: what the file holds and both sides start from."""
    return tensor.float().double()


def reals(step):
    """The real pictures of a step, [4,3,64,64], by a formula that the Swift test repeats."""
    n, c, h, w = torch.meshgrid(
        torch.arange(BATCH) + step * BATCH, torch.arange(CHANNELS), torch.arange(SIZE), torch.arange(SIZE),
        indexing="ij")
    return single(torch.sin(0.1 * (n + 1).double() * (h + 1) + 0.07 * (w + 1).double() * (c + 2)))


class Pair:
    """Both networks and optimizers in one precision."""

    def __init__(self, dtype):
        self.networks = {
            "discriminator": discriminator(CHANNELS, [WIDTH, 2 * WIDTH, 4 * WIDTH, 8 * WIDTH]).to(dtype),
            "generator": generator(LATENT, [8 * WIDTH, 4 * WIDTH, 2 * WIDTH, WIDTH], CHANNELS).to(dtype),
        }
        self.dtype = dtype
        self.kink = float("inf")
        for network in self.networks.values():
            for module in network.modules():
                if isinstance(module, (nn.ReLU, nn.LeakyReLU)):
                    module.register_forward_pre_hook(self._note_kink)

    def _note_kink(self, _, inputs):
        self.kink = min(self.kink, inputs[0].detach().abs().min().item())

    def initialise(self):
        """As the tutorial does, but with weights five times as wide and shifts that are not zero.

        At width 4 the tutorial's 0.02 would leave gradients too small to be compared relatively.
        """
        for network in self.networks.values():
            for module in network.modules():
                if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
                    nn.init.normal_(module.weight, 0.0, 0.1)
                if isinstance(module, nn.BatchNorm2d):
                    nn.init.normal_(module.weight, 1.0, 0.02)
                    nn.init.normal_(module.bias, 0.0, 0.1)

    def state(self):
        """Every parameter and buffer by its name in a checkpoint."""
        return {
            f"{name}.{key}": tensor.detach().clone()
            for name, network in self.networks.items() for key, tensor in network.state_dict().items()
        }

    def load(self, state):
        for name, network in self.networks.items():
            network.load_state_dict(
                {key.removeprefix(name + "."): tensor for key, tensor in state.items() if key.startswith(name + ".")})

    def optimizer(self, name, gradients):
        """Adam after the steps whose `gradients` (one dictionary a step, float32 numbers) it has been fed."""
        parameters = dict(self.networks[name].named_parameters())
        adam = torch.optim.Adam(parameters.values(), lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON)
        for key, parameter in parameters.items():
            m = torch.zeros_like(parameter, dtype=torch.float64)
            v = torch.zeros_like(m)
            for step in gradients:
                g = step[f"{name}.{key}"]
                m = BETA1 * m + (1 - BETA1) * g
                v = BETA2 * v + (1 - BETA2) * g * g
            adam.state[parameter] = {
                "step": torch.tensor(float(len(gradients))), "exp_avg": single(m).to(self.dtype),
                "exp_avg_sq": single(v).to(self.dtype),
            }
        return adam

    def gradients(self, name):
        return {f"{name}.{key}": p.grad.detach().clone() for key, p in self.networks[name].named_parameters()}

    def step(self, real, z, earlier):
        """One training step as the tutorial's loop has it. Returns outputs and both networks' gradients."""
        d, g = self.networks["discriminator"].train(), self.networks["generator"].train()
        adam_d, adam_g = self.optimizer("discriminator", earlier), self.optimizer("generator", earlier)
        ones, zeros = (torch.full((BATCH,), value, dtype=self.dtype) for value in (1.0, 0.0))
        out = {}

        d.zero_grad()
        out["logits_real"] = d(real.to(self.dtype)).flatten()
        out["loss_d_real"] = binary_cross_entropy_with_logits(out["logits_real"], ones)
        out["loss_d_real"].backward()
        out["pictures"] = g(z.to(self.dtype))
        out["logits_fake"] = d(out["pictures"].detach()).flatten()
        out["loss_d_fake"] = binary_cross_entropy_with_logits(out["logits_fake"], zeros)
        out["loss_d_fake"].backward()
        gradients = self.gradients("discriminator")
        adam_d.step()

        g.zero_grad()
        out["logits_fake_after"] = d(out["pictures"]).flatten()
        out["loss_g"] = binary_cross_entropy_with_logits(out["logits_fake_after"], ones)
        out["loss_g"].backward()
        gradients |= self.gradients("generator")
        adam_g.step()
        return {key: value.detach() for key, value in out.items()}, gradients

    def evaluate(self, real, z):
        """Both networks with the running averages: pictures of `z` and logits of `real`."""
        d, g = self.networks["discriminator"].eval(), self.networks["generator"].eval()
        with torch.no_grad():
            return {"pictures": g(z.to(self.dtype)), "logits_real": d(real.to(self.dtype)).flatten()}


def run(seed):
    """All steps from one seed. Returns the tensors to write and how near to a kink any pre-activation came."""
    torch.manual_seed(seed)
    pair = Pair(torch.float64)
    pair.initialise()
    tensors, earlier = {}, []

    def keep_state(step):
        # Rounded, and loaded again, so that the next step starts from what the file says.
        state = {key: value if value.dtype == torch.int64 else single(value) for key, value in pair.state().items()}
        pair.load(state)
        tensors.update({f"state.{step}.{key}": value for key, value in state.items()})

    keep_state(0)
    for step in range(STEPS):
        z = single(torch.randn(BATCH, LATENT, 1, 1, dtype=torch.float64))
        outputs, gradients = pair.step(reals(step), z, earlier)
        outputs["z"] = z
        if step == 0:
            outputs["pictures"] = outputs["pictures"][:1]
        else:
            del outputs["pictures"]
        tensors.update({f"step.{step}.{key}": value for key, value in outputs.items()})
        earlier.append({key: single(value) for key, value in gradients.items()})
        # The last step's are no step's moments; leaving them out keeps the file small.
        if step < STEPS - 1:
            tensors.update({f"gradient.{step}.{key}": value for key, value in earlier[-1].items()})
        keep_state(step + 1)
    evaluated = pair.evaluate(reals(0), tensors["step.0.z"][:1])
    tensors.update({f"evaluation.{key}": value for key, value in evaluated.items()})
    return tensors, pair.kink


def adam_alone():
    """Adam on one vector, fed 100 gradients of very different sizes by formula."""
    i = torch.arange(64, dtype=torch.float64)
    parameter = nn.Parameter(single(0.5 * torch.cos(i)))
    adam = torch.optim.Adam([parameter], lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON)
    tensors = {"adam.parameters.0": parameter.detach().clone()}
    for step in range(1, 101):
        parameter.grad = single(torch.sin(0.3 * step * (i + 1)) * 10.0 ** -(i % 5))
        adam.step()
        if step in (1, 10, 100):
            tensors[f"adam.parameters.{step}"] = parameter.detach().clone()
    return tensors


def check(tensors):
    """Holds PyTorch's own float32 to the tolerances of the Swift tests: a twin that it fails would test nothing."""
    pair, earlier = Pair(torch.float32), []
    for step in range(STEPS):
        before, after = (
            {key.removeprefix(f"state.{s}."): value for key, value in tensors.items() if key.startswith(f"state.{s}.")}
            for s in (step, step + 1))
        pair.load(before)
        outputs, gradients = pair.step(reals(step), tensors[f"step.{step}.z"], earlier)
        outputs["pictures"] = outputs["pictures"][:1]
        for key, value in outputs.items():
            if f"step.{step}.{key}" in tensors:
                within(f"step {step} {key}", (value.double() - tensors[f"step.{step}.{key}"]).abs().max(), 1e-5)
        if step < STEPS - 1:
            wanted = {key: tensors[f"gradient.{step}.{key}"] for key in gradients}
            for key, value in gradients.items():
                within(f"step {step} gradient of {key}", relative(value.double(), wanted[key]), 1e-4)
            earlier.append(wanted)
        state = pair.state()
        for key in gradients:
            within(f"step {step} change of {key}", change_off(state[key].double(), after[key], 1e-5), 0.001)
        for key in state.keys() - gradients.keys():
            within(f"step {step} {key}", (state[key].double() - after[key].double()).abs().max(), 1e-5)
    for key, value in pair.evaluate(reals(0), tensors["step.0.z"][:1]).items():
        within(f"evaluation {key}", (value.double() - tensors[f"evaluation.{key}"]).abs().max(), 1e-5)


def tensors():
    """The twin of the first seed that keeps clear of the kinks."""
    for seed in range(FIRST_SEED, FIRST_SEED + 10_000):
        found, kink = run(seed)
        if kink > KINK_MARGIN:
            print(f"dcgan64: seed {seed}, no pre-activation nearer to zero than {kink:.1e}")
            return found | adam_alone()
    raise SystemExit("write_twins.py: no seed keeps clear of the kinks; lower KINK_MARGIN.")
