"""Facts about this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import ctranslate2
import torch
from joblib import cpu_count

from attune.doctor.facts import Gpu, Machine
from stages.common.asr.cublas import load_cublas
from stages.finetune.batch_size import memory_bytes
from stages.finetune.cpu.processor import has_bfloat16


def gather_machine() -> Machine:
    here = Path.cwd()
    gpus = [torch.cuda.get_device_properties(n) for n in range(torch.cuda.device_count())]
    return Machine(
        cores=cpu_count(),
        memory_gb=round(memory_bytes("cpu") / 1e9, 1),
        bfloat16=has_bfloat16(),
        gpus=[Gpu(gpu.name, round(gpu.total_memory / 1e9, 1)) for gpu in gpus],
        ctranslate2_gpus=ctranslate2.get_cuda_device_count(),
        cublas12=load_cublas(),
        free_gb=round(shutil.disk_usage(here).free / 1e9, 1),
        encrypted=is_encrypted(here),
    )


def is_encrypted(folder: Path, sys: Path = Path("/sys")) -> bool | None:
    """Whether the block device of `folder`, or one below it, is encrypted (dm-crypt, LUKS).

    sys: where sysfs is mounted. Returns: None if unknown: not Linux, a network or virtual file
        system, or a virtual disk that its host may encrypt.
    """
    number = folder.stat().st_dev
    device = sys / "dev/block" / f"{os.major(number)}:{os.minor(number)}"
    if not device.exists():
        return None
    layers = [device.resolve()]
    for layer in layers:
        uuid = layer / "dm/uuid"
        if uuid.is_file() and uuid.read_text(encoding="ascii").startswith("CRYPT-"):
            return True
        slaves = layer / "slaves"
        layers += [each.resolve() for each in slaves.iterdir()] if slaves.is_dir() else []
    # A virtual disk (vd*, xvd*) may be encrypted by its host.
    return None if layers[-1].name.startswith(("vd", "xvd")) else False
