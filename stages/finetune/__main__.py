"""Fine-tune the base model with transformers' Seq2SeqTrainer.

Reads `models/base` and the train and validation splits of `data/dataset`, never the test split; if
`finetune.average_with_base` is auto, the validation half of the out-of-domain set too. Writes
`models/finetuned` (the checkpoint with the lowest validation WER, averaged with the base), the
training curve in `metrics/finetune_curve.csv`, the averages that were measured in
`metrics/average_curve.csv`, and `metrics/finetune.json`. Checkpoints and TensorBoard files are in
`.state`, outside git and DVC; a run that was killed resumes from its last checkpoint, and one whose
outputs DVC has lost takes no step again, until another run begins.

With `finetune.launch` it trains on several devices. On several machines, the first (machine_rank 0)
runs the pipeline; start `python -m stages.finetune` by hand on each of the others, with the same
parameters, base and dataset. Only the first writes outputs. To resume an interrupted run, all
machines must see the first one's `.state`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from accelerate import PartialState

from stages.common.core.files import state_folder
from stages.common.core.ids import read_key
from stages.common.core.locks import Lock
from stages.common.core.params import Params, load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.model_card import model_card, read_base_card, read_training_data
from stages.common.dataset.out_of_domain import OutOfDomainRecording, read_out_of_domain_set
from stages.common.dataset.trained_on import learned_from, write_trained_on
from stages.finetune.averaging import average_with_base
from stages.finetune.checkpoints import (
    delete_leftovers,
    fingerprint,
    is_trained,
    keep_result,
    last_checkpoint,
    lock_run,
)
from stages.finetune.cpu.processor import has_bfloat16, keep_freed
from stages.finetune.device import Machine, choose_machine
from stages.finetune.launch import agree, is_launched, join, start
from stages.finetune.model import merge_lora
from stages.finetune.outputs import cut_hypotheses, write_outputs
from stages.finetune.training import BASE, DATASET, train_within_memory


def main() -> None:
    params = load_params()
    tuned = params.finetune
    machine = choose_machine(tuned.device, tuned.precision)
    # Read before training, so that a fault in either stops the stage at once.
    data = read_training_data(DATASET / "train")
    card = model_card("transformers", params.build_dataset.language, read_base_card(BASE), data)
    out_of_domain = _validation_half(params) if tuned.average_with_base == "auto" else []
    if tuned.launch and not is_launched():
        start(Path(tuned.launch))
    group = join(machine.device)
    print(f"finetune: on {machine}", flush=True)
    if machine.device == "cuda" and not tuned.launch and torch.cuda.device_count() > 1:
        print(
            f"finetune: {torch.cuda.device_count()} GPUs found, but training uses one; set "
            "finetune.launch to use them all"
        )
    if machine.device == "cpu" and machine.precision == "bfloat16" and not has_bfloat16():
        print(
            "finetune: this CPU has no bfloat16 instructions; finetune.precision: auto trains far "
            "faster, in float32"
        )
    folder, checkpoint, lock = find_checkpoint(params, machine, group)
    if checkpoint:
        trained = ", trained to its end" if is_trained(folder) else ""
        print(f"finetune: resuming from {checkpoint.name}{trained}", flush=True)
    recordings = learned_from(DATASET, BASE)
    if group.is_main_process:
        for each in (folder, state_folder("tensorboard") / folder.name):
            write_trained_on(each, recordings)
    if machine.device == "cpu" and not keep_freed():
        print("finetune: the C library returns memory at each step, which makes training slower")
    trainer = train_within_memory(params, machine, folder, checkpoint)
    parameters = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    merge_lora(trainer.model)
    labeller = load_labeller(BASE, params.build_dataset.language)
    share = tuned.average_with_base
    points, chosen = average_with_base(trainer, BASE, share, labeller, out_of_domain)
    # Other processes still read the best checkpoint.
    group.wait_for_everyone()
    if group.is_main_process:
        write_outputs(trainer, machine, BASE, parameters, points, chosen, card, recordings)
        keep_result(folder, trainer.state.best_global_step)
        print(f"finetune: validation WER {chosen.validation_wer:.4f}")
        if cut := cut_hypotheses(trainer):
            print(
                f"finetune: {cut} of {len(trainer.eval_dataset)} hypotheses were cut off: raise "
                "finetune.generation_max_length, or find out whether the model repeats itself"
            )
    group.destroy_process_group()
    if lock:
        lock.release()


def _validation_half(params: Params) -> list[OutOfDomainRecording]:
    key = read_key(Path(params.data.key))
    folder, level = Path(params.evaluate.guard), params.normalize.level_dbfs
    return read_out_of_domain_set(folder, key, "validation", level)


def find_checkpoint(
    params: Params, machine: Machine, group: PartialState
) -> tuple[Path, Path | None, Lock | None]:
    """The run's folder of checkpoints, the last checkpoint in it, and the main process's lock.

    Raises: UserError if the processes of the run differ in either.
    """
    run = fingerprint(params, machine, (BASE, DATASET / "train", DATASET / "validation"))
    agree(group, run, "have other parameters, code, libraries, base or dataset than the first")
    folder = state_folder("finetune") / run
    lock = lock_run(folder, group)
    if lock:
        delete_leftovers(folder)
    group.wait_for_everyone()
    checkpoint = last_checkpoint(folder)
    agree(
        group,
        f"{checkpoint.name}, trained: {is_trained(folder)}" if checkpoint else None,
        f"do not see the first's checkpoints: share or copy {folder.parent}, or remove it there",
    )
    return folder, checkpoint, lock


if __name__ == "__main__":
    run_stage("finetune", main)
