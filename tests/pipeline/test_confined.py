"""Nothing leaves the machine, nothing is written outside the clone, and only its owner can read it.

The whole pipeline and each command run with the network, under strace.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from stat import S_IMODE

import pytest

from stages.common.core.ids import recording_id
from stages.common.core.private_folders import PRIVATE_FOLDERS
from tests.attune.corpora.corpus_files import primock_consultation
from tests.attune.test_cli import COMMANDS
from tests.support.dvc_project import CLIENTS, KEY, environment, run, trace_of
from tests.support.places import readable_by_others
from tests.support.review_server import reviewing
from tests.support.service import served
from tests.support.trace import ENVIRONMENT, Trace, outside, traced

pytestmark = pytest.mark.pipeline
# A "recording" that tells FFmpeg to fetch another file, from a port at which nobody listens.
PLAYLIST = "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"


def test_the_pipeline(finished: Path) -> None:
    """Under umask 022; `fetch_base` copies a folder."""
    traced(Trace(finished))  # says why if nothing can be traced
    trace = trace_of(finished)
    assert trace.connections() == []
    written = trace.written(finished)
    parts = ("data/segments", "models/ct2", ".dvc/cache", ".dvc/site-cache", "reports/report.html")
    assert all(any(path.is_relative_to(finished / part) for path in written) for part in parts)
    assert outside(written, finished, ENVIRONMENT) == []
    assert readable_by_others(finished, written) == []
    modes = {name: S_IMODE((finished / name).stat().st_mode) for name in PRIVATE_FOLDERS}
    assert modes == dict.fromkeys(PRIVATE_FOLDERS, 0o700)


def test_each_command(project: Path, tmp_path: Path) -> None:
    """Two that run stages are traced where they are tested: in test_experiments.py and
    test_forget.py."""
    sessions, corpus = project / "data" / "sessions", tmp_path / "corpus"
    shutil.copy(sessions / "audio" / f"{CLIENTS[0]}.flac", sessions / "audio" / "undone.flac")
    (sessions / "audio" / "playlist.m4a").write_text(PLAYLIST)
    (tmp_path / "script.txt").write_text("T: How was the walk?\nC: Windy, and far too short.\n")
    turns = [(1.0, 4.0, "And the knee?"), (9.0, 12.0, "Since when?")], [(5.0, 8.0, "It hurts.")]
    primock_consultation(corpus, "day1_consultation01", *turns)
    arguments: dict[str, list[str]] = {
        "profile": ["small", "--dry"], "doctor": [], "draft": [], "quality": [],
        "lookup": [recording_id(KEY.encode(), CLIENTS[0])], "compare": ["base"],
        "score": ["models/ct2"], "pr-comment": ["HEAD"], "release-check": [],
        "audit": [], "summary": [], "export": ["speaches", "data/hub"],
        "speak": [str(tmp_path / "script.txt")],
        "import": ["primock57", str(corpus), "--accept-terms"], "init": [],
    }  # fmt: skip
    traces = {name: Trace(tmp_path / "traces" / name) for name in COMMANDS}
    for name, given in arguments.items():
        done = run(project, "python", "-m", "attune", name, *given, ok=False, trace=traces[name])
        assert done.returncode in (0, 1), f"{name}: {done.stdout}{done.stderr}"
    with reviewing(project, environment(), trace=traces["review"]) as server:
        assert "undone" in server.ids()
    model, folder = project / "models" / "ct2", tmp_path / "served"
    with served(folder, model, trace=traces["serve"]) as service:
        command = ("python", "-m", "attune", "score-service", service.url)
        run(project, *command, trace=traces["score-service"])
    assert set(arguments) | {"review", "serve", "score-service", "sweep", "forget"} == set(COMMANDS)
    for name in (*arguments, "review", "serve", "score-service"):
        trace = traces[name]
        assert trace.connections() == [] == trace.calls("htons(9)"), name
        written = trace.written(project)
        assert outside(written, project, folder, ENVIRONMENT) == [], name
        assert readable_by_others(project, written) == [], name
