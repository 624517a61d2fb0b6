"""locked/*.txt, from which pip installs, against the requirements and the pinned versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

from tests.support.imports import ROOT

LOCKED = ("environment", "service", "comment", "cuda", "build", "no_dependencies", "compose_schema")
MACHINE = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux",
           "platform_machine": "x86_64"}  # fmt: skip


def locked(name: str) -> dict[str, tuple[str, Marker | None, frozenset[str]]]:
    """Package -> version, where it is needed, and hashes."""
    text = (ROOT / "locked" / f"{name}.txt").read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        package, _, hashes = line.partition(" --hash=")
        requirement, _, marker = package.partition(" ; ")
        title, _, version = requirement.strip().partition("==")
        found[title] = (
            version, Marker(marker) if marker else None,
            frozenset(re.findall(r"sha256:[0-9a-f]{64}", hashes)),
        )  # fmt: skip
    return found


def pinned(*paths: str) -> dict[str, str]:
    """Package -> version in files of constraints."""
    lines = [line for path in paths for line in (ROOT / path).read_text().splitlines()]
    pairs = (line.split(" ;")[0].split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("name", LOCKED)
def test_every_package_has_hashes(name: str) -> None:
    assert locked(name) and all(hashes for _, _, hashes in locked(name).values())


def test_what_is_installed_is_what_is_pinned() -> None:
    """A package of another system or a newer Python may be missing from constraints*.txt."""
    wanted = pinned("constraints.txt", "constraints-dev.txt", "service/constraints.txt")
    environment = locked("environment")
    assert {name: environment[name][0] for name in wanted if name in environment} == wanted
    here = {name for name, (_, where, _) in environment.items() if not where
            or where.evaluate(MACHINE)}  # fmt: skip
    assert here == set(wanted)


def test_both_builds_of_pytorch_have_one_version() -> None:
    text = (ROOT / "locked" / "torch_cpu.txt").read_text()
    assert f"torch=={locked('environment')['torch'][0]}+cpu " in text and "--hash=sha256:" in text


@pytest.mark.parametrize("name", ["service", "comment"])
def test_the_smaller_environments_are_parts_of_the_whole(name: str) -> None:
    whole = locked("environment")
    for package, (version, _, hashes) in locked(name).items():
        assert version == whole[package][0] and hashes <= whole[package][2], package


@pytest.mark.parametrize(
    ("requirements", "name"),
    [
        ("requirements.txt", "environment"),
        ("requirements-dev.txt", "environment"),
        ("service/requirements.txt", "service"),
        (".ci/requirements.txt", "comment"),
    ],
)
def test_every_requirement_is_locked(requirements: str, name: str) -> None:
    lines = Path(ROOT / requirements).read_text().splitlines()
    needed = {line.split(";")[0].strip() for line in lines if line and line[0] not in "#-"}
    assert {canonicalize_name(each) for each in needed} <= set(locked(name))


def test_nothing_is_installed_without_hashes() -> None:
    files = ("Makefile", ".ci/run", "service/install", ".github/workflows/verdict.yml",
             ".gitlab-ci.yml", "locked/install")  # fmt: skip
    text = "\n".join((ROOT / file).read_text() for file in files).replace("\\\n", " ")
    calls = [line for line in text.splitlines() if "pip" in line and "install " in line]
    assert len(calls) == 3
    assert [c for c in calls if "--require-hashes" not in c] == [
        "\t$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable ."
    ]
