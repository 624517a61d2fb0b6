"""Faster training on a CPU. A GPU trains with PyTorch's and transformers' own code.

| module | saves, on the demo's base | on |
|---|---|---|
| `attention` | 26 % of a step | in bfloat16, with bfloat16 instructions |
| `layer_norm_casts` | 1 % | as above |
| `muon` | 52 % | without bfloat16 instructions |
| `freed_memory` | 6 %; 3 % in float32 | always, with glibc |

Shares of the CPU time of a step on one core of a Zen 4, that of `muon` with AVX2 imitated.
`processor` tells whether there are bfloat16 instructions, `switches` turns the first two on. In
float32 attention by head takes 1.2 times as long as PyTorch's.
"""
