"""`attune review` refuses to start where it cannot serve, with one clear line."""

from __future__ import annotations

import fcntl
import signal
import socket

import pytest

from attune.review.command import review
from stages.common.core.errors import UserError
from stages.common.transcripts.cue import Cue
from tests.support.processes import environment
from tests.support.review import ReviewProject
from tests.support.review_server import reviewing
from tests.support.service import free_port


def test_a_port_that_is_taken(project: ReviewProject) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UserError, match="is taken; choose another with --port"):
            review(taken.getsockname()[1])


def test_another_server_of_the_same_folder(project: ReviewProject) -> None:
    with (project.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another `attune review` serves this folder"):
            review(free_port())


def test_without_recordings_or_key(project: ReviewProject) -> None:
    (project.root / "key").unlink()
    with pytest.raises(UserError, match=r"data\.key"):
        review(free_port())
    project.prepare_key()
    (project.sessions / "audio").rmdir()
    with pytest.raises(UserError, match="audio/"):
        review(free_port())


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_it_deletes_the_sound_when_it_is_ended(
    project: ReviewProject, ending: signal.Signals
) -> None:
    id_ = project.audio("one")
    project.draft("one", [Cue(0.0, 0.9, "some words")])
    home = project.root.with_name("home")
    with reviewing(project.root, environment(home)) as server:
        server.get("recordings")
        sound = f"{server.url}/api/recordings/{id_}/sound.wav"
        while server.session.get(sound).status_code == 503:
            pass
        assert (project.root / ".state/review").is_dir()
        server.process.send_signal(ending)
        assert server.process.wait(30) == 128 + ending
    assert not (project.root / ".state/review").exists()
