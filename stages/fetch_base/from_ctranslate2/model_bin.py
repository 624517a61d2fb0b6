"""CTranslate2's file of weights, `model.bin`: names, types and tensors.

Format: `_serialize` in ctranslate2/specs/model_spec.py. Little-endian; a string is its length, the
bytes and a zero. Two variables with equal values are stored once, the second as an alias.
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from stages.common.core.errors import UserError

if TYPE_CHECKING:
    import torch

BINARY_VERSION = 6
SPECIFICATION, REVISION = "WhisperSpec", 3
TYPES = (("float32", 4), ("int8", 1), ("int16", 2), ("int32", 4), ("float16", 2), ("bfloat16", 2))
"""(name, bytes of an element), in the order of CTranslate2's type numbers."""
FLOATS = ("float16", "bfloat16", "float32")
OTHER_VERSION = "convert the original model again with the CTranslate2 of requirements.txt"


@dataclass(frozen=True)
class Variable:
    """Where a variable lies in the file. shape: () for a number."""

    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int
    """Bytes."""


@dataclass(frozen=True)
class ModelBin:
    """The variables of a Whisper, aliases included, without their values."""

    path: Path
    variables: dict[str, Variable]
    dtype: str
    """Type of all weights: float16, bfloat16 or float32."""

    def number(self, name: str) -> int:
        """The value of an integer. Raises: UserError if the file has none of that name."""
        if name not in self.variables:
            raise UserError(f"{self.path}: {name} is missing; {OTHER_VERSION}")
        variable = self.variables[name]
        with self.path.open("rb") as content:
            content.seek(variable.offset)
            return int.from_bytes(content.read(variable.size), "little", signed=True)

    def tensor(self, name: str) -> torch.Tensor:
        """The value of a weight."""
        import torch

        variable = self.variables[name]
        with self.path.open("rb") as content:
            content.seek(variable.offset)
            value = bytearray(content.read(variable.size))
        return torch.frombuffer(value, dtype=getattr(torch, self.dtype)).reshape(variable.shape)


def read_model(path: Path) -> ModelBin:
    """Read all but the values.

    Raises: UserError if the file is damaged, of another version or model, or quantized.
    """
    with path.open("rb") as content:
        try:
            _check_version(content, path)
            size = path.stat().st_size
            variables = _variables(content, size)
            complete = content.tell() == size
        except (EOFError, UnicodeDecodeError, KeyError, IndexError):
            complete = False
    if not complete:
        raise UserError(f"{path}: the file is truncated or damaged; copy it again")
    return ModelBin(path, variables, _common_type(path, variables))


def _check_version(content: BinaryIO, path: Path) -> None:
    version = _number(content, "I")
    if version != BINARY_VERSION:
        raise UserError(
            f"{path}: binary version {version}, not {BINARY_VERSION}; {OTHER_VERSION}"
            if version < 100
            else f"{path}: not a model in CTranslate2's format, or a damaged one"
        )
    name, revision = _string(content), _number(content, "I")
    if name != SPECIFICATION:
        raise UserError(f"{path}: a {name}, not a Whisper")
    if revision != REVISION:
        raise UserError(f"{path}: {name} revision {revision}, not {REVISION}; {OTHER_VERSION}")


def _variables(content: BinaryIO, size: int) -> dict[str, Variable]:
    """All variables of the file of `size` bytes, which is at their count and then at its end.

    Raises: EOFError, UnicodeDecodeError, KeyError or IndexError if the file is damaged.
    """
    variables = {}
    for _ in range(_number(content, "I")):
        name = _string(content)
        shape = tuple(_number(content, "I") for _ in range(_number(content, "B")))
        dtype, width = TYPES[_number(content, "B")]
        length, offset = _number(content, "I"), content.tell()
        if length != math.prod(shape) * width or offset + length > size:
            raise EOFError
        variables[name] = Variable(dtype, shape, offset, length)
        content.seek(length, os.SEEK_CUR)
    for _ in range(_number(content, "I")):
        alias, name = _string(content), _string(content)
        variables[alias] = variables[name]
    return variables


def _common_type(path: Path, variables: dict[str, Variable]) -> str:
    types = {variable.dtype for variable in variables.values() if variable.shape}
    quantized = sorted(types - set(FLOATS))
    if quantized:
        raise UserError(
            f"{path}: its weights are quantized to {quantized[0]}, too coarse to train from; take"
            " the model that it was converted from, or convert that with `--quantization float16`"
        )
    if len(types) != 1:
        raise UserError(f"{path}: weights of {len(types)} types; {OTHER_VERSION}")
    return types.pop()


def _number(content: BinaryIO, kind: str) -> int:
    value: int
    (value,) = struct.unpack(f"<{kind}", _bytes(content, struct.calcsize(kind)))
    return value


def _string(content: BinaryIO) -> str:
    return _bytes(content, _number(content, "H"))[:-1].decode("utf-8")


def _bytes(content: BinaryIO, count: int) -> bytes:
    value = content.read(count)
    if len(value) < count:
        raise EOFError
    return value
