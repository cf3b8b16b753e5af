"""TensorFlow's layers in PyTorch as fast as PyTorch computes them; reference_layers.py has those of the twins, which are
exact to the running averages and slow."""

import torch
from torch import nn
from torch.nn import functional

from twin_layers import same_padding


class SameConv(nn.Conv2d):
    """Convolution under TensorFlow's SAME. Even padding is the convolution's own; an odd pixel needs a padded copy."""

    def forward(self, inputs):
        (top, bottom), (left, right) = (
            same_padding(size, kernel, stride)
            for size, kernel, stride in zip(inputs.shape[2:], self.kernel_size, self.stride))
        if (top, left) == (bottom, right):
            return functional.conv2d(inputs, self.weight, self.bias, self.stride, (top, left))
        padded = functional.pad(inputs, (left, right, top, bottom))
        return functional.conv2d(padded, self.weight, self.bias, self.stride)


class SameConvTranspose(nn.ConvTranspose2d):
    """Transposed convolution under SAME: of the full output, (k - s) // 2 pixels are cropped before, the rest after.

    What both sides lose is the layer's own padding. An odd pixel is cut off by a copy, as batch norm is several times
    slower on a view with gaps. Kernels and strides are square.
    """

    def forward(self, inputs):
        cropped = self.kernel_size[0] - self.stride[0]
        full = functional.conv_transpose2d(inputs, self.weight, self.bias, self.stride, cropped // 2)
        if cropped % 2 == 0:
            return full
        height, width = (side * self.stride[0] for side in inputs.shape[2:])
        dense = full.is_contiguous(memory_format=torch.channels_last)
        return full[:, :, :height, :width].contiguous(
            memory_format=torch.channels_last if dense else torch.contiguous_format)


class ShiftNorm(nn.BatchNorm2d):
    """Batch norm with a shift and no scale."""

    def __init__(self, channels, **options):
        super().__init__(channels, **options)
        self.register_parameter("weight", None)
