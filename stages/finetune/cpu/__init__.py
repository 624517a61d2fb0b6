"""Faster training on a CPU. A GPU trains with PyTorch's and transformers' own code.

| module | what it saves | on |
|---|---|---|
| `attention` | half the time of the encoder's attention | in bfloat16, with bfloat16 instructions |
| `layer_norm_casts` | two of three casts to bfloat16 after a layer norm | as above |
| `muon` | Muon's bfloat16 products, 100 times slower than float32 | without bfloat16 instructions |
| `freed_memory` | page faults for buffers that each step allocates anew | always, with glibc |

`processor` tells whether there are bfloat16 instructions, `switches` turns the first two on.
"""
