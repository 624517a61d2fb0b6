"""What the processor can do."""

from __future__ import annotations

from functools import cache

import torch


@cache
def has_bfloat16() -> bool:
    """Whether the processor multiplies matrices of bfloat16 by instructions of its own: AVX512_BF16
    or AMX_BF16.

    Without them PyTorch converts element by element, and a product is up to 100 times slower than
    in float32. ATEN_CPU_CAPABILITY=avx2 and ONEDNN_MAX_CPU_ISA=AVX2, which imitate a smaller
    processor, count. ARM processors count as without: nothing was measured on one.
    """
    flags = torch.cpu.get_capabilities()
    if not (flags.get("avx512_bf16") or flags.get("amx_bf16")):
        return False
    # The flags are the processor's; the two below are what ATen and oneDNN make use of.
    return torch.backends.cpu.get_cpu_capability().startswith("AVX512") and bool(
        torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
