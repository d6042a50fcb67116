#!/usr/bin/env python3
"""The text's GAN in PyTorch, timed: samples a second, on the clock and by processor time.

    tools/parity/bench_torch.py [STEPS [THREADS [BATCH]]]

The loop is the usual one: two losses for D on the same fake batch, then G's; Adam, no penalty.
Data are random numbers, as the time does not depend on them.
"""
import sys
import time

import torch
from torch import nn

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 50
THREADS = int(sys.argv[2]) if len(sys.argv) > 2 else 2
BATCH = int(sys.argv[3]) if len(sys.argv) > 3 else 128

torch.set_num_threads(THREADS)
torch.manual_seed(1)
generator = nn.Sequential(nn.Linear(100, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(),
                          nn.Linear(512, 1024), nn.ReLU(), nn.Linear(1024, 784), nn.Tanh())
discriminator = nn.Sequential(nn.Linear(784, 1024), nn.LeakyReLU(0.2), nn.Linear(1024, 512),
                              nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2),
                              nn.Linear(256, 1), nn.Sigmoid())
g_optimizer = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
loss = nn.BCELoss()
data = torch.rand(4096, 784) * 2 - 1
ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)


def step():
    fake = generator(torch.randn(BATCH, 100))
    real = data[torch.randint(len(data), (BATCH,))]
    d_optimizer.zero_grad()
    (loss(discriminator(real), ones) + loss(discriminator(fake.detach()), zeros)).backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    loss(discriminator(fake), ones).backward()
    g_optimizer.step()


for _ in range(5):
    step()
clock, cpu = time.perf_counter(), time.process_time()
for _ in range(STEPS):
    step()
clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
print(f"torch,{THREADS},{STEPS * BATCH / clock:.0f},{cpu / STEPS / BATCH * 1e6:.1f}")
