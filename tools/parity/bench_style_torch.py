#!/usr/bin/env python3
"""The style trainer's two stages in PyTorch, timed: steps a second, and processor time for a step.

    tools/parity/bench_style_torch.py [STEPS [THREADS]]

The same networks, batch and losses as src/train: docs/TRAINING.md says what they are. Pictures are
random numbers that lie in memory as bytes, as the time does not depend on them; crops are cut,
mirrored and given noise as there.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

BATCH, SIDE, TOKEN = 8, 128, 4
INK_GAIN, INK_BIAS, CRITIC_RANGE, SPECTRAL_GAIN = 4.0, -2.0, 4.0, 2.0
NOISE, TARGET_SHARE, ADVERSARIAL = 0.02, 0.5, (0.1, 0.02)


def moved(x, distance, axis):
    """Every place gets what lies so far before it (behind it, if negative); edges repeat."""
    size = x.shape[axis]
    if distance > 0:
        edge = x.narrow(axis, 0, 1).expand(*[distance if a == axis else -1 for a in range(4)])
        return torch.cat((edge, x.narrow(axis, 0, size - distance)), axis)
    edge = x.narrow(axis, size - 1, 1).expand(*[-distance if a == axis else -1 for a in range(4)])
    return torch.cat((x.narrow(axis, -distance, size + distance), edge), axis)


def patches(x, size, stride, pad):
    """B, H, W, C to B, h, w and the values of the patch there, pixel by pixel."""
    if pad > 0:
        x = F.pad(x.permute(0, 3, 1, 2), (pad,) * 4, mode="replicate").permute(0, 2, 3, 1)
    x = x.unfold(1, size, stride).unfold(2, size, stride)
    return x.permute(0, 1, 2, 4, 5, 3).flatten(3)


class Block(nn.Module):
    def __init__(self, channels, distance):
        super().__init__()
        self.distance, self.parts = distance, [channels // 8] * 4 + [channels // 2]
        self.expand = nn.Linear(channels, 2 * channels)
        self.project = nn.Linear(2 * channels, channels)

    def forward(self, x):
        d = self.distance
        up, down, left, right, kept = x.split(self.parts, 3)
        y = torch.cat((moved(up, d, 1), moved(down, -d, 1), moved(left, d, 2), moved(right, -d, 2),
                       kept), 3)
        return x + self.project(F.leaky_relu(self.expand(y), 0.1))


class Generator(nn.Module):
    def __init__(self, channels=64, distances=(1, 2, 4, 8, 8, 4, 2, 1), features=16, head=32):
        super().__init__()
        self.features = features
        self.patch_in = nn.Linear(3 * (3 * TOKEN) ** 2, channels)
        self.block = nn.ModuleList(Block(channels, d) for d in distances)
        self.token_out = nn.Linear(5 * channels, TOKEN * TOKEN * features)
        self.head = nn.ModuleList([nn.Linear(features + 27, head), nn.Linear(head, head),
                                   nn.Linear(head, 4)])

    def forward(self, photo):
        count, height, width, _ = photo.shape
        x = F.leaky_relu(self.patch_in(patches(photo, 3 * TOKEN, TOKEN, TOKEN)), 0.1)
        for block in self.block:
            x = block(x)
        x = torch.cat((x, moved(x, 1, 1), moved(x, -1, 1), moved(x, 1, 2), moved(x, -1, 2)), 3)
        x = F.leaky_relu(self.token_out(x), 0.1)
        x = x.view(count, height // TOKEN, width // TOKEN, TOKEN, TOKEN, self.features)
        x = x.transpose(2, 3).reshape(count, height, width, self.features)
        x = torch.cat((x, patches(photo, 3, 1, 1)), 3)
        x = F.leaky_relu(self.head[0](x), 0.1)
        return self.head[2](F.leaky_relu(self.head[1](x), 0.1))


class Critic(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        widths = (inputs, 512, 256, 128, 1)
        self.layers = nn.ModuleList(spectral_norm(nn.Linear(a, b))
                                    for a, b in zip(widths, widths[1:]))

    def judge(self, x):
        for layer in self.layers[:-1]:
            x = F.leaky_relu(F.linear(x, SPECTRAL_GAIN * layer.weight, layer.bias), 0.2)
        return F.linear(x, SPECTRAL_GAIN * self.layers[-1].weight, self.layers[-1].bias)


class LineCritic(Critic):
    def __init__(self):
        super().__init__(24 * 24)

    def forward(self, picture):
        red, green, blue = picture.split(1, 3)
        return self.judge(patches(0.299 * red + 0.587 * green + 0.114 * blue, 24, 12, 0))


class ColourCritic(Critic):
    def __init__(self):
        super().__init__(3 * 12 * 12)

    def forward(self, picture):
        small = F.avg_pool2d(picture.permute(0, 3, 1, 2), 4).permute(0, 2, 3, 1)
        return self.judge(patches(small, 12, 4, 0))


def layers_of(output, photo):
    colour, logit = photo + output[..., :3], INK_GAIN * output[..., 3] + INK_BIAS
    return colour, logit, colour * (1 - torch.sigmoid(logit)).unsqueeze(3)


def gradient_l1(difference):
    across = (difference[:, :, 1:] - difference[:, :, :-1]).abs().sum()
    down = (difference[:, 1:] - difference[:, :-1]).abs().sum()
    return (across + down) / difference.numel()


def chroma_l1(difference):
    blocks = F.avg_pool2d(difference.permute(0, 3, 1, 2), 16)
    red, green, blue = blocks.unbind(1)
    cb = -0.1687 * red - 0.3313 * green + 0.5 * blue
    cr = 0.5 * red - 0.4187 * green - 0.0813 * blue
    return cb.abs().mean() + cr.abs().mean()


def target_loss(colour, logit, comic, target):
    difference = colour - target["colour"]
    return (difference.abs().mean() + gradient_l1(difference)
            + F.l1_loss(comic, target["comic"]) + chroma_l1(difference)
            + 0.3 * F.binary_cross_entropy_with_logits(logit, target["ink"]))


class Pictures:
    """What the program keeps in its cache: bytes of photos, of their targets, of comics."""

    def __init__(self, count=4, height=360, width=480):
        def make(channels):
            return torch.randint(0, 256, (count, height, width, channels), dtype=torch.uint8)
        self.photos, self.colours, self.inks, self.comics = make(3), make(3), make(1), make(3)

    def place(self, side):
        count, height, width, _ = self.photos.shape
        return (int(torch.randint(count, ())), int(torch.randint(height - side + 1, ())),
                int(torch.randint(width - side + 1, ())), bool(torch.randint(2, ())))

    def crop(self, kind, side, place):
        picture, y, x, mirrored = place
        square = kind[picture, y:y + side, x:x + side]
        return square.flip(1) if mirrored else square

    def draw(self):
        places = [self.place(SIDE) for _ in range(BATCH)]
        photo, colour, ink = (torch.stack([self.crop(kind, SIDE, p) for p in places]).float() / 255
                              for kind in (self.photos, self.colours, self.inks))
        photo += NOISE * torch.rand(BATCH, 1, 1, 1) * torch.randn_like(photo)
        return photo.clamp_(0, 1), {"colour": colour, "ink": ink[..., 0], "comic": colour * (1 - ink)}

    def draw_comics(self):
        crops = []
        for _ in range(BATCH):
            side = int(torch.randint(SIDE, SIDE * 5 // 4 + 1, ()))
            crop = self.crop(self.comics, side, self.place(side)).permute(2, 0, 1)[None].float()
            crops.append(F.interpolate(crop, (SIDE, SIDE), mode="bicubic", align_corners=False))
        return torch.cat(crops).permute(0, 2, 3, 1).div_(255).clamp_(0, 1)


def shown(picture):
    return CRITIC_RANGE * (2 * picture - 1)


class Training:
    def __init__(self):
        self.pictures = Pictures()
        self.generator, self.critics = Generator(), [LineCritic(), ColourCritic()]
        self.average = [p.detach().clone() for p in self.generator.parameters()]
        self.g_optimizer = torch.optim.Adam(self.generator.parameters(), 1e-4, (0.5, 0.999))
        self.c_optimizer = torch.optim.Adam([p for c in self.critics for p in c.parameters()],
                                            1e-4, (0.5, 0.999))

    def learn_critics(self, comic):
        self.c_optimizer.zero_grad(set_to_none=True)
        pictures = torch.cat((shown(self.pictures.draw_comics()), shown(comic.detach())))
        loss = 0
        for critic in self.critics:
            real, fake = critic(pictures).chunk(2)
            loss = loss + F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        loss.backward()
        self.c_optimizer.step()

    def step(self, with_critics):
        photo, target = self.pictures.draw()
        colour, logit, comic = layers_of(self.generator(photo), photo)
        loss = target_loss(colour, logit, comic, target)
        if with_critics:
            self.learn_critics(comic)
            loss = TARGET_SHARE * loss
            for critic, weight in zip(self.critics, ADVERSARIAL):
                critic.requires_grad_(False)
                loss = loss - weight * critic(shown(comic)).mean()
                critic.requires_grad_(True)
        self.g_optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.g_optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(self.average, self.generator.parameters()):
                average.lerp_(parameter, 0.01)


def measure(steps, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    training = Training()
    for name, with_critics in (("targets", False), ("critics", True)):
        for _ in range(3):
            training.step(with_critics)
        clock, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            training.step(with_critics)
        clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
        print(f"torch,{name},{steps / clock:.3f},{1e3 * cpu / steps:.1f}")


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:]]
    measure(numbers[0] if numbers else 10, numbers[1] if len(numbers) > 1 else 2)
