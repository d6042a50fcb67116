#!/usr/bin/env python3
"""What PyTorch makes of a small generator: the numbers that tests/parity compares with.

    tools/parity/make_style_vectors.py tests/parity/style.safetensors

Needs python3-torch. The file holds the generator's weights, a batch with its targets, and PyTorch's
layers, losses and gradients by the parameters. The networks and losses are those that are timed by
bench_style_torch.py, so that the two programs are known to do the same work.
"""
import re
import sys

import bench_style_torch as style
import safetensors_file
import torch
from torch.nn import functional as F

COUNT, HEIGHT, WIDTH = 2, 16, 20
torch.manual_seed(7)
torch.set_num_threads(1)

generator = style.Generator(channels=8, distances=(1, 2), features=3, head=5)
photo, colour_target = torch.rand(2, COUNT, HEIGHT, WIDTH, 3)
ink_target = torch.rand(COUNT, HEIGHT, WIDTH)
colour, logit, _ = style.layers_of(generator(photo), photo)
difference = colour - colour_target
losses = torch.stack([difference.abs().mean(), style.gradient_l1(difference),
                      F.binary_cross_entropy_with_logits(logit, ink_target)])
losses.sum().backward()

tensors = {"photo": photo, "colour_target": colour_target, "ink_target": ink_target,
           "colour": colour, "logit": logit, "losses": losses}
for name, parameter in generator.named_parameters():
    name = re.sub(r"^block\.", "block", name)
    tensors["start." + name] = parameter
    tensors["gradient." + name] = parameter.grad
safetensors_file.write(sys.argv[1], tensors)
