"""Schema of `params.yaml`. All unknown keys and wrong values are reported in one message."""

from __future__ import annotations

import reprlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, model_validator

from stages.common.core.errors import UserError
from stages.common.core.yaml_files import read_mapping

PARAMS = Path("params.yaml")
_MOST = 1_000_000
"""Limit of numbers without a tighter one: beyond it libraries overflow, or memory runs out."""
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, le=_MOST)]
Count = Annotated[int, Field(ge=1, le=_MOST)]
Natural = Annotated[int, Field(ge=0, le=_MOST)]
Decibels = Annotated[float, Field(ge=-200, le=200)]
# A path is one line of text: DVC and the operating system accept no NUL.
PathText = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f]+$")]
Fraction = Annotated[float, Field(ge=0, le=1)]
Quantization = Literal[
    "float32", "float16", "bfloat16", "int16", "int8", "int8_float32", "int8_float16"
]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Data(Section):
    sessions: PathText
    """A folder with `audio/`, `transcripts/` and, optionally, `sessions.csv` (recording,client)."""
    key: PathText
    """File of the secret key that salts ids and seeds the split; not in git unless the data is
    public."""


class Base(Section):
    model: PathText
    """A local folder, or the Hugging Face Hub id of a Whisper model."""
    revision: str
    """Commit on the Hub, or digest of a local folder. Either pins the model byte for byte."""
    quantization: Quantization
    """Quantization of the base model in CTranslate2 format. Set `convert.quantization` to the same
    value for a fair comparison."""


class Segment(Section):
    min_seconds: Positive
    """Shorter cues are merged with a close neighbour."""
    max_seconds: Annotated[float, Field(gt=1, le=30)]
    pad_seconds: Fraction
    """Padding on both sides of a cue, up to the neighbouring cue."""
    vad_threshold: Annotated[float, Field(gt=0, lt=1)]
    aligner: PathText
    """CTranslate2 Whisper that aligns and checks transcripts; best a fine-tuned one."""
    window_seconds: Annotated[float, Field(gt=0, le=28)]
    """Longest window that the aligner transcribes."""
    min_score: Fraction
    """Aligned or checked text with a lower score is dropped; see alignment/align.py in segment."""
    check: Literal["all", "sample", "none"]
    """How much of each timed transcript is compared with the audio; see stages/segment/checking.
    `sample`: some minutes, and all of it if they show errors."""
    mend_times: bool
    """Align transcripts whose times are shifted or stretched, instead of rejecting them."""
    backend: Literal["loky", "dask"]
    """`loky`: all cores of this machine; `dask`: a cluster."""
    scheduler: str
    """Address of the Dask scheduler, such as tcp://10.0.0.5:8786; empty with `loky`."""

    @model_validator(mode="after")
    def _scheduler_fits_backend(self) -> Segment:
        if (self.backend == "dask") != bool(self.scheduler):
            raise ValueError("dask requires segment.scheduler, and loky requires it to be empty")
        return self


class Normalize(Section):
    style: Literal["auto", "spoken", "verbatim", "written"]
    """Style of the labels, and so of the tuned model's output. `auto`: `written` if the
    transcripts have case and punctuation, else `spoken`; see stages/normalize/style.py."""
    level_dbfs: Annotated[float, Field(ge=-40, le=-10)]
    """Target RMS over speech, in dBFS (0 is full scale)."""


class BuildDataset(Section):
    min_seconds: Positive
    max_seconds: Annotated[float, Field(gt=0, le=30)]
    min_words_per_second: Annotated[float, Field(ge=0, le=_MOST)]
    max_words_per_second: Positive
    validation: Share
    test: Share
    shared_words: Count
    """A text of at least this many words is dropped from training if validation or test has it."""
    window_seconds: Annotated[float, Field(ge=0, le=30)]
    """Consecutive segments are joined into windows of up to this length, for training and for
    validation in `finetune`; 0: no joining."""
    short_windows: Fraction
    """Share of training windows with one or two segments and silence after them. Without these a
    small model forgets to stop at the end of speech, and hallucinates."""
    timestamps: Fraction
    """Share of training windows with timestamp tokens in their labels."""
    prompts: Fraction
    """Share of training windows with the preceding text as a prompt, as decoding has it with
    `condition_on_previous_text`."""
    partial_windows: Fraction
    """Share of training windows with timestamps whose last segment is cut off by the window's end.
    Only its start is labelled: there long-form decoding begins the next window."""
    empty_windows: Annotated[float, Field(ge=0, le=0.5)]
    """Share of non-speech training windows: pauses in the recordings, synthetic noise and
    breathing. Without these a tuned model hallucinates words in silence."""
    language: str
    """Whisper's language code ("en"); English-only models accept "en" alone. Numbers are
    spelled out in it: every form in en, de, es, fr and nl, whole numbers alone in others."""

    @model_validator(mode="after")
    def _limits_fit(self) -> BuildDataset:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together leave nothing to train on")
        if self.min_words_per_second >= self.max_words_per_second:
            raise ValueError("min_words_per_second must be under max_words_per_second")
        return self


def _count_or_auto(value: object) -> object:
    if value == "auto" or (type(value) is int and 1 <= value <= _MOST):
        return value
    raise ValueError(f"Input should be a whole number from 1 to {_MOST:,}, or auto")


def _share_or_auto(value: object) -> object:
    if value == "auto" or (type(value) in (int, float) and 0 < value <= 1):  # type: ignore[operator]
        return value if value == "auto" else float(value)  # type: ignore[arg-type]
    raise ValueError("Input should be a number above 0 and up to 1, or auto")


class Finetune(Section):
    method: Literal["full", "lora"]
    """`lora` trains low-rank adapters on frozen weights: less memory, and a learning rate about ten
    times higher. The adapters are merged into the weights at the end."""
    lora_rank: Count
    learning_rate: Positive
    num_train_epochs: Positive
    launch: str
    """'': one process on one device. Otherwise an Accelerate config file (see stages/accelerate)
    for distributed data parallel (DDP) training. A step takes per_device_train_batch_size x
    gradient_accumulation_steps x processes windows: divide the first by the number of processes to
    keep the batch. Results then differ by rounding and by the masks of `spec_augment` alone;
    validation_loss averages over batches of per_device_eval_batch_size x processes."""
    per_device_train_batch_size: Annotated[int | Literal["auto"], PlainValidator(_count_or_auto)]
    """Windows per device and forward pass. With `auto`, `gradient_accumulation_steps` is the number
    of windows per device and step, in batches as large as memory allows."""
    per_device_eval_batch_size: Count
    """Windows per device and forward pass of validation; fewer if memory runs out."""
    gradient_accumulation_steps: Count
    gradient_checkpointing: bool
    warmup_fraction: Share
    weight_decay: Annotated[float, Field(ge=0, le=_MOST)]
    eval_steps: Count
    """Optimizer steps between validations; each writes a checkpoint."""
    early_stopping_patience: Natural
    """Validations without a lower WER until training stops; 0 disables early stopping."""
    generation_max_length: Annotated[int, Field(ge=1, le=448)]
    """Maximum number of tokens of a hypothesis in validation, and of labels of a validation window;
    30 s of fast speech have about 200. metrics/finetune.json counts hypotheses that it cuts off."""
    generation_num_beams: Count
    average_with_base: Annotated[float | Literal["auto"], PlainValidator(_share_or_auto)]
    """Share a of the tuned weights in w = (1 - a) base + a tuned, in (0, 1]; 1: as trained. `auto`
    chooses a share on validation and on half of `evaluate.guard`, see
    stages/finetune/averaging.py."""
    freeze_encoder: bool
    precision: Literal["auto", "float32", "float16", "bfloat16"]
    device: Literal["auto", "cpu", "cuda"]
    dataloader_num_workers: Natural
    spec_augment: bool
    mask_time_prob: Share
    mask_feature_prob: Share
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    """NumPy's generators take 32 bits."""


class Augment(Section):
    """Augmentation of training audio: share of windows for each kind, drawn anew every epoch."""

    speed: Fraction
    speed_factors: tuple[Positive, Positive]
    reverb: Fraction
    noise: Fraction
    noise_snr_db: tuple[Decibels, Decibels]
    telephone: Fraction
    gain: Fraction
    gain_db: tuple[Decibels, Decibels]

    @model_validator(mode="after")
    def _ordered(self) -> Augment:
        for name in ("speed_factors", "noise_snr_db", "gain_db"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"augment.{name} must be [low, high]")
        return self


class Convert(Section):
    quantization: Quantization
    compared_clips: Natural
    """Validation clips on which the model is compared before and after conversion."""


class Evaluate(Section):
    beam_size: Count
    window_seconds: Annotated[float, Field(gt=0, le=30)]
    """Longest window that is decoded: 30 as in production."""
    hotwords: bool
    """Put the terms of data/terms.txt before each window, as faster-whisper's hotwords. `attune
    serve` does the same."""
    device: Literal["auto", "cpu", "cuda"]
    """`baseline` reads this too, so that both models decode alike."""
    guard: PathText
    """Folder of the out-of-domain set, speech unlike the sessions, on which fine-tuning must not
    degrade the model; see stages/common/dataset/out_of_domain.py."""
    gates: dict[str, Annotated[float, Field(ge=0, le=_MOST)]]
    """Name of a metric in metrics/evaluate.json and metrics/baseline.json -> degradation allowed
    against the base model, relative or, of `_auc` and `_excess`, absolute; see
    stages/common/evaluation/comparison/gates.py. No stage that decodes depends on it: dvc.yaml
    lists the parameters of those stages one by one."""


class Params(Section):
    data: Data
    base: Base
    segment: Segment
    normalize: Normalize
    build_dataset: BuildDataset
    finetune: Finetune
    augment: Augment
    convert: Convert
    evaluate: Evaluate


def load_params(path: Path = PARAMS) -> Params:
    """Read and validate the parameters. Raises: UserError with one line for each wrong key."""
    try:
        return Params.model_validate(read_mapping(path))
    except ValidationError as error:
        raise UserError(
            "\n".join([f"{path}: {error.error_count()} error(s)", *_lines(error)])
        ) from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"])
        given = detail["input"]
        shown = "(a section)" if isinstance(given, dict | BaseModel) else reprlib.repr(given)
        value = "" if detail["type"] == "missing" else f" = {shown}"
        message = {
            "missing": "is missing",
            "extra_forbidden": "is not a parameter (see stages/common/core/params.py)",
        }.get(detail["type"], detail["msg"].removeprefix("Value error, "))
        lines.append(f"  {key}{value}: {message}")
    return lines
