"""The image: its steps in a clean folder, its Dockerfile, and the compose file's form."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.support.imports import ROOT

COMPOSE = ROOT / "service/compose.yaml"


@pytest.mark.pipeline
def test_the_steps_make_a_folder_that_serves(tmp_path: Path) -> None:
    """With the service's own packages and nothing of this environment: neither torch nor dvc."""
    subprocess.run(["service/install", tmp_path / "app"], cwd=ROOT, check=True, timeout=600)
    python = tmp_path / "app/.venv/bin/python"
    code = (
        "import importlib.util as u, service.app, service.engine, service.run, attune.cli; "
        "print([name for name in ('torch', 'transformers', 'dvc') if u.find_spec(name)])"
    )
    run = subprocess.run(
        [python, "-c", code], cwd=tmp_path / "app", env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout == "[]\n"
    served = subprocess.run(
        [python, "-m", "attune", "serve"], cwd=tmp_path / "app",
        env={"PATH": os.environ["PATH"], "WHISPER_MODEL": "/model"}, capture_output=True, text=True,
    )  # fmt: skip
    assert served.stderr.startswith("serve: /model: model.bin is missing")


def test_the_compose_file_has_the_published_form() -> None:
    schema = json.loads(
        Path(str(distribution("docker-compose").locate_file("compose/config/compose_spec.json")))
        .read_text(encoding="utf-8")
    )  # fmt: skip
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    jsonschema.validate(compose, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(compose | {"servces": {}}, schema)


def test_the_compose_file_publishes_to_this_machine_alone() -> None:
    service = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["attune"]
    assert [port.split(":")[0] for port in service["ports"]] == ["127.0.0.1"]
    assert service["read_only"] and all(":ro" in volume for volume in service["volumes"])
    # No key, no start: the service would listen for other machines without one.
    assert service["environment"]["ATTUNE_API_KEY"].startswith("${ATTUNE_API_KEY:?")


def test_the_image_copies_what_its_steps_need() -> None:
    lines = (ROOT / "service/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {part for line in lines if line.startswith("COPY") for part in line.split()[1:-1]}
    assert copied == {"constraints.txt", "params.yaml", "attune", "service", "stages"}
    assert all((ROOT / part).exists() for part in copied)
