"""`fetch_base` from the hub: a real process against a real HTTP server on the loopback."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import stages.fetch_base.hub
from stages.common.dataset.model_card import CARD, BaseModel, read_base_card
from tests.support.converted import convert
from tests.support.hub_server import Hub, serve
from tests.support.processes import contents, error_line, fetch_base, write_params

MODEL = "team/whisper-tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = "model.safetensors"
STEP = 10 * 2**20
"""Bytes that huggingface_hub writes at once."""


@pytest.fixture
def hub(english: Path, tmp_path: Path) -> Iterator[Hub]:
    """A hub with one Whisper and some files that it does not need."""
    folder = tmp_path / "repository"
    shutil.copytree(english, folder)
    (folder / "README.md").write_text("a model\n", encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"an older form")
    (folder / "model.fp32-00001-of-00001.safetensors").write_bytes(b"another form")
    with serve(Hub(repositories={MODEL: {COMMIT: folder}})) as running:
        yield running


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    write_params(folder, MODEL, COMMIT)
    return folder


def swell(path: Path) -> None:
    """Add a weight that no Whisper has, so that the file is larger than one step of a download."""
    weights = load_file(path) | {"padding": torch.zeros(4_000_000)}
    save_file(weights, path, metadata={"format": "pt"})


def nothing_fetched(work: Path) -> bool:
    models = work / "models"
    return not models.exists() or not any(models.iterdir())


def test_pinned_commit_is_fetched_and_kept(hub: Hub, work: Path, english: Path) -> None:
    run = fetch_base(work, hub=hub.url, HF_TOKEN="hf_secret")
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert f"{MODEL} at 01234567" in run.stdout and "80 mels, English only" in run.stdout
    assert read_base_card(work / "models/base") == BaseModel(MODEL, COMMIT)
    assert contents(work / "models/base").keys() - {CARD} == contents(english).keys()
    assert contents(work / "models/base").items() > contents(english).items()
    assert not hub.fetched("pytorch_model.bin") and not hub.fetched(
        "model.fp32-00001-of-00001.safetensors"
    )
    (large,) = hub.fetched(WEIGHTS)
    assert large.path.startswith("/storage") and large.token is None
    assert any(asked.token == "Bearer hf_secret" for asked in hub.requests)
    # All requests are for this model, to the hub's file API.
    asked = {asked.path.removesuffix(f"/{COMMIT}") for asked in hub.requests}
    names = {f"/{MODEL}/resolve/{COMMIT}/{name}" for name in contents(english)}
    api = {f"/api/models/{MODEL}/{what}" for what in ("revision", "tree")}
    assert asked == names | api | {large.path}
    # The second run needs no hub at all, and gives the same bytes.
    first = contents(work / "models/base") | contents(work / "models/base-ct2")
    shutil.rmtree(work / "models")
    again = fetch_base(work)
    assert again.returncode == 0, again.stderr
    assert contents(work / "models/base") | contents(work / "models/base-ct2") == first


def test_a_converted_model_is_fetched(hub: Hub, work: Path, english: Path, tmp_path: Path) -> None:
    folder = convert(english, tmp_path / "ct2", "float16")
    (folder / "README.md").write_text("for faster-whisper\n", encoding="utf-8")
    hub.repositories[MODEL][COMMIT] = folder
    run = fetch_base(work, hub=hub.url)
    assert (run.returncode, run.stderr) == (0, "")
    assert {value.dtype for value in load_file(work / "models/base" / WEIGHTS).values()} == {
        torch.float16
    }
    assert hub.fetched("model.bin") and not hub.fetched("README.md")


def test_an_interrupted_download_is_resumed(hub: Hub, work: Path) -> None:
    folder = hub.repositories[MODEL][COMMIT]
    swell(folder / WEIGHTS)
    hub.cut[WEIGHTS] = 12_000_000
    message = error_line(fetch_base(work, hub=hub.url))
    assert (
        message == f"the connection broke while fetching {MODEL}; run again to resume the download"
    )
    assert nothing_fetched(work)
    # It retried a few times by itself, resuming each time.
    assert {asked.start for asked in hub.fetched(WEIGHTS)} == {0, STEP}
    hub.cut.clear()
    hub.requests.clear()
    run = fetch_base(work, hub=hub.url)
    assert run.returncode == 0, run.stderr
    assert contents(work / "models/base")[WEIGHTS] == (folder / WEIGHTS).read_bytes()
    (large,) = hub.fetched(WEIGHTS)
    assert large.start == STEP
    assert not hub.fetched("config.json")


def test_damaged_files_are_reported_and_downloaded_again(
    hub: Hub, work: Path, english: Path
) -> None:
    hub.damaged = {WEIGHTS, "generation_config.json"}
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == "generation_config.json arrived damaged and was deleted; run the stage again"
    hub.damaged.clear()
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == f"{WEIGHTS} arrived damaged and was deleted; run the stage again"
    assert nothing_fetched(work)
    assert fetch_base(work, hub=hub.url).returncode == 0
    assert read_base_card(work / "models/base") == BaseModel(MODEL, COMMIT)
    assert contents(work / "models/base").keys() - {CARD} == contents(english).keys()
    assert contents(work / "models/base").items() > contents(english).items()


def test_no_network_is_reported_soon(work: Path) -> None:
    start = time.monotonic()
    message = error_line(fetch_base(work))
    assert message == (
        f"no connection to the hub to fetch {MODEL}; check the network and the proxy, or take "
        "a base from a folder: `attune profile NAME --base FOLDER`"
    )
    assert time.monotonic() - start < 30
    assert nothing_fetched(work)


def test_wrong_commit(hub: Hub, work: Path) -> None:
    write_params(work, MODEL, "f" * 40)
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == f"base.revision: {MODEL} has no commit {'f' * 40}"
    assert nothing_fetched(work)


def test_wrong_id(hub: Hub, work: Path) -> None:
    write_params(work, "team/whisper-tinny", COMMIT)
    message = error_line(fetch_base(work, hub=hub.url))
    assert message.startswith("base.model: the hub has no team/whisper-tinny, or it is private")


def test_gated(hub: Hub, work: Path) -> None:
    hub.gated.add(MODEL)
    message = error_line(fetch_base(work, hub=hub.url))
    assert message.startswith(f"{MODEL} is gated: accept its terms") and "HF_TOKEN" in message
    assert nothing_fetched(work)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (200, "the answer is not from the hub; is there a log-in page in this network?"),
        (503, f"the hub answers 503 for {MODEL}; try again later"),
        (403, f"the hub refuses {MODEL} (403): log in with `hf auth login` or set HF_TOKEN"),
    ],
)
def test_hub_that_fails(hub: Hub, work: Path, status: int, message: str) -> None:
    hub.status = status
    assert error_line(fetch_base(work, hub=hub.url)) == message


def test_another_kind_of_model_is_rejected_before_its_weights_come(hub: Hub, work: Path) -> None:
    folder = hub.repositories[MODEL][COMMIT]
    (folder / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == (
        f"{MODEL} at 01234567 is not a Whisper: its config.json says model_type 'bert'"
    )
    assert not hub.fetched(WEIGHTS)


def test_missing_file(hub: Hub, work: Path) -> None:
    (hub.repositories[MODEL][COMMIT] / "generation_config.json").unlink()
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == f"{MODEL} at 01234567: generation_config.json is missing; a Whisper needs it"
    assert not hub.fetched(WEIGHTS)


@pytest.mark.parametrize(
    ("model", "revision", "message"),
    [
        (MODEL, "main", "base.revision: main is not a commit of 40 hex digits"),
        ("whisper-tiny", COMMIT, "base.model: whisper-tiny is neither a folder nor a hub id"),
    ],
)
def test_unpinned_or_no_id(hub: Hub, work: Path, model: str, revision: str, message: str) -> None:
    write_params(work, model, revision)
    assert error_line(fetch_base(work, hub=hub.url)).startswith(message)
    assert hub.requests == []


def test_a_typo_in_a_path_does_not_reach_the_hub(hub: Hub, work: Path) -> None:
    (work / "demo").mkdir()
    write_params(work, "demo/bsae", COMMIT)
    message = error_line(fetch_base(work, hub=hub.url))
    assert message == "base.model: the folder demo exists, but has no folder bsae"
    assert hub.requests == []


def test_every_request_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """huggingface_hub gives some requests no time limit; a silent hub must not hang the stage."""
    import httpx2
    from huggingface_hub import get_session, set_client_factory

    monkeypatch.setattr(stages.fetch_base.hub, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stages.fetch_base.hub._bound_waits()
        try:
            with pytest.raises(httpx2.TimeoutException):
                get_session().get(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=None)
        finally:
            set_client_factory(httpx2.Client)
