"""Training curves for TensorBoard."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any
from unittest.mock import patch

from torch.utils.tensorboard import SummaryWriter
from transformers import TrainerCallback
from transformers.integrations.integration_utils import rewrite_logs


class Curves(TrainerCallback):  # type: ignore[misc]
    """Losses, learning rate and validation metrics by step, written by the main process.

    Numbers only: transformers' own callback adds the arguments, with the path of the home folder,
    and TensorBoard puts the host name into its file's name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.is_world_process_zero:
            with patch.object(socket, "gethostname", return_value="localhost"):
                self._writer = SummaryWriter(str(self._folder))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if self._writer:
            for name, value in rewrite_logs(logs).items():
                if isinstance(value, int | float):
                    self._writer.add_scalar(name, value, state.global_step)
            self._writer.flush()

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None
