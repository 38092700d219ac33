"""Records a few updates of torch.optim.AdamW, for the outer optimizer: adamw.json, beside this file.

Two parameters, one with weight decay and one without, follow the gradients sin(1 + step + 3·index) under a rate that
changes from step to step. The gradients are well above 1e-6, where the constant under the optimizer's root would be felt.

Recorded with Python 3.11, torch 2.13.0 (CPU) (requirements.txt). Usage: python record_adamw.py
"""
import json
import pathlib

import torch

BETAS, EPSILON, WEIGHT_DECAYS = (0.9, 0.95), 1e-8, [0.1, 0.0]
START = [[1.0, -2.0, 0.5], [0.3, -0.7]]
RATES = [0.1, 0.2, 0.05, 0.05, 0.3, 0.01]

parameters = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
optimizer = torch.optim.AdamW(
    [{"params": [p], "weight_decay": d} for p, d in zip(parameters, WEIGHT_DECAYS)], betas=BETAS, eps=EPSILON)
gradients, recorded = [], []
for step, rate in enumerate(RATES):
    for group in optimizer.param_groups:
        group["lr"] = rate
    first = 0
    for p in parameters:
        p.grad = torch.sin(1 + step + 3 * torch.arange(first, first + len(p), dtype=torch.float64))
        first += len(p)
    gradients.append([p.grad.tolist() for p in parameters])
    optimizer.step()
    recorded.append([p.tolist() for p in parameters])
values = {
    "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON, "weight_decays": WEIGHT_DECAYS, "rates": RATES,
    "start": START, "gradients": gradients, "parameters": recorded}
text = ",\n".join(f'  "{key}": {json.dumps(value)}' for key, value in values.items())
(pathlib.Path(__file__).resolve().parent / "adamw.json").write_text("{\n" + text + "\n}\n")
