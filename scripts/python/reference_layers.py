"""TensorFlow's and Keras's layers, and our dropout's masks, as PyTorch modules; states are named as nn's own are."""

import numpy
import torch
from torch import nn
from torch.nn import functional

from philox import dropout_numbers
from twin_layers import same_padding


class SameConv(nn.Conv2d):
    """Convolution padded by TensorFlow's SAME: explicitly, the odd pixel after."""

    def forward(self, inputs):
        top, bottom = same_padding(inputs.shape[2], self.kernel_size[0], self.stride[0])
        left, right = same_padding(inputs.shape[3], self.kernel_size[1], self.stride[1])
        padded = functional.pad(inputs, (left, right, top, bottom))
        return functional.conv2d(padded, self.weight, self.bias, self.stride)


class SameConvTranspose(nn.ConvTranspose2d):
    """The adjoint of SameConv: of the full output, size x stride pixels, the odd one cropped after."""

    def forward(self, inputs):
        full = functional.conv_transpose2d(inputs, self.weight, None, self.stride)
        before = (self.kernel_size[0] - self.stride[0]) // 2
        height, width = (side * self.stride[0] for side in inputs.shape[2:])
        kept = full[:, :, before:before + height, before:before + width]
        return kept if self.bias is None else kept + self.bias.view(1, -1, 1, 1)


class BatchNorm(nn.Module):
    """TensorFlow's batch norm over all but the second dimension: `decay` is the old average's share, the running
    variance is the biased one, and the running mean may be divided by 1 - decay^t (zero-debiased)."""

    def __init__(self, channels, decay, epsilon, scale=True, zero_debias=False):
        super().__init__()
        self.decay, self.epsilon, self.zero_debias = decay, epsilon, zero_debias
        self.weight = nn.Parameter(torch.ones(channels)) if scale else None
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, inputs):
        axes = [axis for axis in range(inputs.dim()) if axis != 1]
        shape = [-1 if axis == 1 else 1 for axis in range(inputs.dim())]
        mean, variance = self.running_mean, self.running_var
        if self.training:
            mean, variance = inputs.mean(axes), inputs.var(axes, unbiased=False)
            self._average(mean.detach(), variance.detach())
        scaled = (inputs - mean.view(shape)) / (variance + self.epsilon).sqrt().view(shape)
        if self.weight is not None:
            scaled = scaled * self.weight.view(shape)
        return scaled + self.bias.view(shape)

    def _average(self, mean, variance):
        before = int(self.num_batches_tracked)
        old = self.running_mean
        if self.zero_debias:
            old = old * (1 - self.decay**before)
        new = self.decay * old + (1 - self.decay) * mean
        if self.zero_debias:
            new = new / (1 - self.decay ** (before + 1))
        self.running_mean.copy_(new)
        self.running_var.copy_(self.decay * self.running_var + (1 - self.decay) * variance)
        self.num_batches_tracked += 1


class Dropout(nn.Module):
    """Inverted dropout with the masks that docs/numerics.md (*Randomness*) gives for seed 1."""

    def __init__(self, rate, place):
        super().__init__()
        self.rate, self.place = rate, place
        self.step, self.ordinal = 0, 0  # set by whoever counts forward passes

    def forward(self, inputs):
        if not self.training:
            return inputs
        count = inputs[0].numel()
        masks = []
        for sample in range(inputs.shape[0]):
            uniform = dropout_numbers(count, sample, self.step, self.ordinal, self.place)
            height, width = inputs.shape[2:]
            kept = (uniform >= float(numpy.float32(self.rate))).reshape(height, width, -1)
            masks.append(torch.from_numpy(kept.transpose(2, 0, 1).copy()))
        return inputs * torch.stack(masks).to(inputs.dtype) / (1 - self.rate)
