"""LoRA (Hu et al. 2021) through PEFT: small matrices beside frozen ones, merged at the end."""

from __future__ import annotations

from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from transformers import WhisperForConditionalGeneration

_ADAPTED = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


def add_lora(model: WhisperForConditionalGeneration, rank: int) -> None:
    """Freeze the model and add matrices of `rank` to those of attention and feed-forward layers.

    The model itself is changed, not wrapped: PEFT's wrapper does not know Whisper's inputs.
    """
    # With alpha = 2 rank the learning rate need not follow the rank.
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=_ADAPTED)
    inject_adapter_in_model(config, model)


def merge_lora(model: WhisperForConditionalGeneration) -> None:
    """Add the learned matrices to the model's own, so that it is a plain Whisper again.

    Raises: ValueError if a matrix holds NaN or infinite numbers.
    """
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoraLayer):
            layer.merge(safe_merge=True)
            parent, _, attribute = name.rpartition(".")
            setattr(model.get_submodule(parent), attribute, layer.get_base_layer())
