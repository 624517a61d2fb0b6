"""The Dockerfile and the compose file. `.ci/run` runs the image's steps in a clean folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.support.imports import ROOT

COMPOSE = ROOT / "service/compose.yaml"
SCHEMA = Path(sys.prefix) / "share/docker-compose/compose/config/compose_spec.json"
"""Of the Compose specification, from the package docker-compose; see `make setup`."""


def test_the_compose_file_has_the_published_form() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    jsonschema.validate(compose, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(compose | {"servces": {}}, schema)


def test_the_compose_file_publishes_to_this_machine_alone() -> None:
    service = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["attune"]
    assert [port.split(":")[0] for port in service["ports"]] == ["127.0.0.1"]
    assert service["read_only"] and all(":ro" in volume for volume in service["volumes"])
    # Without a key `attune serve` refuses 0.0.0.0; compose says so before the container starts.
    assert service["environment"]["ATTUNE_API_KEY"].startswith("${ATTUNE_API_KEY:?")


def test_the_image_copies_what_its_steps_need() -> None:
    lines = (ROOT / "service/Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = {part for line in lines if line.startswith("COPY") for part in line.split()[1:-1]}
    assert copied == {
        "params.yaml", "data/terms.txt", "attune", "locked", "service", "stages",
    }  # fmt: skip
    assert all((ROOT / part).exists() for part in copied)
