"""`params.yaml` as types: unknown keys and wrong values are faults, all told in one message."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from stages.common.core.errors import UserError

Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Natural = Annotated[int, Field(ge=0)]
Quantization = Literal[
    "float32", "float16", "bfloat16", "int16", "int8", "int8_float32", "int8_float16"
]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    sessions: str
    """A folder with `audio/`, `transcripts/` and, if wished, `sessions.csv` (recording,client)."""
    key: str
    """The secret that salts ids and deals the split; outside git unless the data is public."""


class Base(Section):
    model: str
    """A local folder, or the hub's id of a Whisper."""
    revision: str
    """The hub's commit; for a local folder its digest. Either pins the model byte for byte."""
    quantization: Quantization
    """Of the base's CTranslate2 form. Set it as `convert.quantization` for a fair comparison."""


class Segment(Section):
    min_seconds: Positive
    """Shorter cues are joined with a neighbour where one is near."""
    max_seconds: Annotated[float, Field(gt=1, le=30)]
    pad_seconds: Annotated[float, Field(ge=0, le=1)]
    """Silence kept around a cue, never over a neighbour."""
    vad_threshold: Annotated[float, Field(gt=0, lt=1)]
    aligner: str
    """A CTranslate2 Whisper that places transcripts without times; a tuned one places them better.
    """
    window_seconds: Annotated[float, Field(gt=0, le=28)]
    """What the aligner hears at once. A small model hears one sentence best, a large one more."""
    min_score: Annotated[float, Field(ge=0, le=1)]
    """A placed text that scores less is dropped; see `score` in stages/segment/alignment/cue_building.py."""
    backend: Literal["loky", "dask"]
    """`loky`: all cores of this machine; `dask`: a cluster. `normalize` reads these two as well."""
    scheduler: str
    """Address of the Dask scheduler, as tcp://10.0.0.5:8786; empty with `loky`."""

    @model_validator(mode="after")
    def _reachable(self) -> Segment:
        if (self.backend == "dask") != bool(self.scheduler):
            raise ValueError("dask needs segment.scheduler, and loky needs it empty")
        return self


class Normalize(Section):
    style: Literal["spoken", "verbatim", "written"]
    level_dbfs: Annotated[float, Field(ge=-40, le=-10)]
    """Level that speech is brought to, in dB below full scale (RMS over speech)."""


class BuildDataset(Section):
    min_seconds: Positive
    max_seconds: Annotated[float, Field(gt=0, le=30)]
    min_words_per_second: Annotated[float, Field(ge=0)]
    max_words_per_second: Positive
    validation: Share
    test: Share
    shared_words: Count
    """From this many words on, a text that also stands in validation or test leaves training."""
    window_seconds: Annotated[float, Field(ge=0, le=30)]
    """Training neighbours are joined up to this long; 0 keeps every segment alone."""
    short_windows: Annotated[float, Field(ge=0, le=1)]
    """Share of training windows that hold one or two segments and else silence. Without them a
    small model forgets where speech ends, and talks on."""
    timestamps: Annotated[float, Field(ge=0, le=1)]
    """Share of training windows whose labels carry time tokens."""
    prompts: Annotated[float, Field(ge=0, le=1)]
    """Share of training windows that are given what was said before them, as decoding is that
    conditions on previous text."""
    partial_windows: Annotated[float, Field(ge=0, le=1)]
    """Share of training windows with time tokens that go on into a segment too long for them, and
    learn only where it begins: there the next window of long audio is to start."""
    language: str
    """As Whisper names it ("en"); English-only models take "en" alone."""

    @model_validator(mode="after")
    def _sides(self) -> BuildDataset:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together leave nothing to train on")
        if self.min_words_per_second >= self.max_words_per_second:
            raise ValueError("min_words_per_second must be under max_words_per_second")
        return self


def _count_or_auto(value: object) -> object:
    if value == "auto" or (type(value) is int and value >= 1):
        return value
    raise ValueError("Input should be a number from 1 on, or auto")


class Finetune(Section):
    method: Literal["full", "lora"]
    """`lora` learns small matrices beside the base's, which stay as they are: less memory, and a
    learning rate some ten times higher. They are merged in the end."""
    lora_rank: Count
    optimizer: Literal["adamw", "muon"]
    """Large models are tuned gently by AdamW; Muon moves a small one further in the same steps."""
    learning_rate: Positive
    num_train_epochs: Positive
    launch: str
    """'': one process on this machine, on one device. Otherwise an Accelerate config file (see
    stages/accelerate): as many processes as it says, on its machines, each with the whole model. A step
    learns per_device_train_batch_size x gradient_accumulation_steps x processes windows: divide the
    first by the processes to keep what one process did. The same windows are then learned in the
    same steps, and the result differs by rounding alone, which grows with the steps; only what
    `spec_augment` masks is drawn anew. validation_loss is a mean over batches of validation: it
    stays the same where per_device_eval_batch_size x processes does."""
    per_device_train_batch_size: Annotated[int | Literal["auto"], PlainValidator(_count_or_auto)]
    """Windows on a device at once. With `auto`, as many as its memory takes of those that a device
    learns from in a step; how many these are, `gradient_accumulation_steps` says then."""
    per_device_eval_batch_size: Count
    """Both are of one device, that is of one process."""
    gradient_accumulation_steps: Count
    gradient_checkpointing: bool
    warmup_fraction: Share
    weight_decay: Annotated[float, Field(ge=0)]
    eval_steps: Count
    """Optimizer steps between two validations, each with a checkpoint."""
    early_stopping_patience: Natural
    """Validations without a better WER before it stops; 0 never stops early."""
    generation_max_length: Annotated[int, Field(ge=1, le=448)]
    generation_num_beams: Count
    freeze_encoder: bool
    precision: Literal["auto", "float32", "float16", "bfloat16"]
    device: Literal["auto", "cpu", "cuda"]
    dataloader_num_workers: Natural
    spec_augment: bool
    mask_time_prob: Share
    mask_feature_prob: Share
    seed: Natural


Chance = Annotated[float, Field(ge=0, le=1)]


class Augment(Section):
    """How training audio is changed, each kind for that share of the windows, anew each epoch."""

    speed: Chance
    speed_factors: tuple[Positive, Positive]
    reverb: Chance
    noise: Chance
    noise_snr_db: tuple[float, float]
    telephone: Chance
    gain: Chance
    gain_db: tuple[float, float]

    @model_validator(mode="after")
    def _ordered(self) -> Augment:
        for name in ("speed_factors", "noise_snr_db", "gain_db"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"augment.{name} must be [low, high]")
        return self

    @property
    def any(self) -> bool:
        return any((self.speed, self.reverb, self.noise, self.telephone, self.gain))


class Convert(Section):
    quantization: Quantization
    compared_clips: Natural
    """Validation clips on which the converted and the unconverted model are compared."""


Worsening = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Evaluate(Section):
    beam_size: Count
    window_seconds: Annotated[float, Field(gt=0, le=30)]
    """What a model hears at once, at most: 30 as a service does; a very small one hears less best.
    """
    device: Literal["auto", "cpu", "cuda"]
    """`baseline` reads this too: both models are heard the same way."""
    guard: str
    """A folder with `audio/` and `transcripts/` (see stages/common/evaluation/out_of_domain.py): speech unlike
    the sessions, on which tuning must not make the model worse."""
    gates: dict[str, Worsening]
    """Measure in metrics/evaluate.json and metrics/baseline.json -> share of the base's value by
    which the tuned model may be worse; see stages/common/evaluation/comparison/gates.py. No stage that hears
    reads it: dvc.yaml names for those what they read one by one."""


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


def load_params(path: Path = Path("params.yaml")) -> Params:
    """Read and check the parameters. Raises: UserError naming every wrong key at once."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: not found; run from the repository's root") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise UserError(f"{path}: not YAML{where}") from None
    try:
        return Params.model_validate(raw if raw is not None else {})
    except ValidationError as error:
        raise UserError(
            "\n".join([f"{path}: {error.error_count()} fault(s)", *_lines(error)])
        ) from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        value = "" if fault["type"] == "missing" else f" = {_shown(fault['input'])}"
        said = fault["msg"].removeprefix("Value error, ")
        expected = {
            "missing": "is missing",
            "extra_forbidden": "is not a parameter (see stages/common/core/params.py)",
        }.get(fault["type"], said)
        lines.append(f"  {key}{value}: {expected}")
    return lines


def _shown(value: object) -> str:
    return "(a section)" if isinstance(value, dict | BaseModel) else repr(value)
