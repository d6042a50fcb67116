#!/usr/bin/env python3
"""What PyTorch makes of the text's GAN in small: the numbers that tests/parity compares with.

    tools/parity/make_vectors.py tests/parity/torch.safetensors

Needs python3-torch. The file holds the networks at their start, the batches, and PyTorch's outputs,
losses, gradients of the first step, and parameters after ten steps of Adam. Neither the program nor
its tests need PyTorch; run this again only when the list of what is compared changes.
"""
import sys

import safetensors_file
import torch
from torch import nn
from torch.nn import functional as F

STEPS, BATCH, NOISE, PIXELS = 10, 8, 5, 16
torch.manual_seed(7)
torch.set_num_threads(1)

generator = nn.Sequential(nn.Linear(NOISE, 9), nn.ReLU(), nn.Linear(9, 12), nn.ReLU(),
                          nn.Linear(12, 10), nn.ReLU(), nn.Linear(10, PIXELS), nn.Tanh())
discriminator = nn.Sequential(nn.Linear(PIXELS, 12), nn.LeakyReLU(0.2), nn.Linear(12, 10),
                              nn.LeakyReLU(0.2), nn.Linear(10, 7), nn.LeakyReLU(0.2),
                              nn.Linear(7, 1))
tensors = {}


def keep(name, tensor):
    tensors[name] = tensor.detach().clone().contiguous().float()


def keep_networks(prefix, of=lambda p: p):
    for name, network in (("generator", generator), ("discriminator", discriminator)):
        for layer in range(4):
            linear = network[2 * layer]
            keep(f"{prefix}{name}.{layer}.weight", of(linear.weight))
            keep(f"{prefix}{name}.{layer}.bias", of(linear.bias))


def discriminator_losses(real, fake):
    minimax = -(torch.log(torch.sigmoid(real)).mean() + torch.log(1 - torch.sigmoid(fake)).mean())
    squares = 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake ** 2).mean()
    hinge = F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    return torch.stack([minimax, minimax, squares, hinge])


def generator_losses(fake):
    return torch.stack([torch.log(1 - torch.sigmoid(fake)).mean(),
                        -torch.log(torch.sigmoid(fake)).mean(),
                        0.5 * ((fake - 1) ** 2).mean(), -fake.mean()])


def r1(real):
    real = real.clone().requires_grad_(True)
    gradient, = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
    return 0.5 * (gradient ** 2).sum(1).mean()


noise = torch.randn(STEPS, BATCH, NOISE)
reals = torch.rand(STEPS, BATCH, PIXELS) * 2 - 1
keep("noise", noise.reshape(STEPS * BATCH, NOISE))
keep("real", reals.reshape(STEPS * BATCH, PIXELS))
keep_networks("start.")
penalty = r1(reals[0])
keep("r1", penalty.reshape(1))
penalty.backward()
keep_networks("r1_gradient.", lambda p: torch.zeros_like(p) if p.grad is None else p.grad)
g_optimizer = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
for step in range(STEPS):
    fake = generator(noise[step])
    real_logits, fake_logits = discriminator(reals[step]), discriminator(fake.detach())
    d_optimizer.zero_grad()
    losses = discriminator_losses(real_logits, fake_logits)
    losses[0].backward()
    if step == 0:
        keep("fake", fake)
        keep("real_logits", real_logits)
        keep("fake_logits", fake_logits)
        keep("discriminator_losses", losses)
        keep_networks("first_d.", lambda p: torch.zeros_like(p) if p.grad is None else p.grad)
    d_optimizer.step()
    g_optimizer.zero_grad()
    losses = generator_losses(discriminator(fake))
    losses[1].backward()
    if step == 0:
        keep("generator_losses", losses)
        keep_networks("first_g.", lambda p: p.grad)
    g_optimizer.step()
keep_networks("end.")

safetensors_file.write(sys.argv[1], tensors)
