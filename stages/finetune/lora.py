"""LoRA (Hu et al. 2021) through PEFT: small matrices beside frozen ones, merged in the end."""

from __future__ import annotations

from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from transformers import WhisperForConditionalGeneration

_BESIDE = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


def add_lora(model: WhisperForConditionalGeneration, rank: int) -> None:
    """Freeze the model, and put matrices of `rank` beside those of attention and feed-forward.

    They are put into the model, not around it: PEFT's wrapper does not know Whisper's inputs.
    """
    # With alpha = 2 rank the learning rate need not follow the rank.
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=_BESIDE), model)


def merge_lora(model: WhisperForConditionalGeneration) -> None:
    """Add what was learned to the model's own matrices, so that it is a plain Whisper again.

    Raises: ValueError if a matrix holds NaN or infinite numbers.
    """
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoraLayer):
            layer.merge(safe_merge=True)
            inside, _, last = name.rpartition(".")
            setattr(model.get_submodule(inside), last, layer.get_base_layer())
