"""The routes: who may use them, what they answer, and that faults tell no text and no name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests

from attune.review.access import Access
from stages.common.transcripts.cue import Cue
from tests.attune.review.served import Client, served
from tests.support.review import KEY, ReviewProject

NAME, WORD = "zanzibar", "quokka"
"""The recording's name, and a word of its text."""


@contextmanager
def with_one(project: ReviewProject) -> Iterator[Client]:
    project.audio(NAME)
    project.draft(NAME, [Cue(0.0, 2.0, f"the {WORD}", "Client"), Cue(2.0, 4.0, "and on")])
    with served(project) as made:
        yield made


@pytest.fixture
def client(project: ReviewProject) -> Iterator[Client]:
    with with_one(project) as made:
        yield made


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """For tests that change nothing."""
    project = ReviewProject(tmp_path_factory.mktemp("project"))
    project.prepare()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.root)
        with with_one(project) as made:
            yield made


def route(client: Client) -> str:
    (id_,) = client.reviews.sources.by_id
    return f"/api/recordings/{id_}"


@pytest.fixture
def at(client: Client) -> str:
    return route(client)


def status(client: Client, path: str, **headers: str) -> int:
    """Of an answer to a request that has the cookie, whatever the host."""
    connection = HTTPConnection(client.url.removeprefix("http://"), timeout=30)
    connection.putrequest("GET", path, skip_host="Host" in headers)
    cookies = "; ".join(f"{name}={value}" for name, value in client.session.cookies.items())
    for name, value in ({"Cookie": cookies} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    found = connection.getresponse().status
    connection.close()
    return found


def splice(client: Client, at: str, text: str) -> list[dict[str, Any]]:
    old = client.get(at).json()["cues"][0]
    old = {key: old[key] for key in ("id", "start", "end", "speaker", "text", "checked")}
    return [{"at": 0, "remove": [old], "insert": [old | {"text": text}]}]


def edit(client: Client, at: str, text: str, **changes: Any) -> requests.Response:
    message = {
        "base": client.get(at).json()["version"], "request": "r1", "kind": "text", "group": "g",
        "splices": splice(client, at, text), "seconds": 2.0,
    }  # fmt: skip
    return client.post(f"{at}/edit", **message | changes)


def test_the_secret_becomes_a_cookie_and_leaves_the_address(unchanged: Client) -> None:
    secret = Access(KEY, 1).secret
    answer = requests.get(f"{unchanged.url}/?secret={secret}", allow_redirects=False, timeout=30)
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie


def test_without_the_secret_nothing_is_told(unchanged: Client) -> None:
    at = route(unchanged)
    for path in ("/", at, f"{at}/sound.wav", "/page/review.js", f"{at}?secret=guess"):
        answer = requests.get(unchanged.url + path, timeout=30)
        assert answer.status_code == 401 and WORD not in answer.text and NAME not in answer.text
    answer = requests.post(f"{unchanged.url}{at}/hold", json={"page": "a"}, timeout=30)
    assert answer.status_code == 401


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "[", "", "[::1"])
def test_other_host_names_are_refused(unchanged: Client, host: str) -> None:
    assert status(unchanged, "/", Host=host) in (400, 403)


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1", "[::1]:9"])
def test_this_machine_under_its_other_names(unchanged: Client, host: str) -> None:
    assert status(unchanged, "/", Host=host) == 200


@pytest.mark.parametrize("origin", ["http://example.org", "null", "http://127.0.0.1:9", "http://["])
def test_requests_of_other_pages_are_refused(unchanged: Client, origin: str) -> None:
    for path in ("/", route(unchanged)):
        assert status(unchanged, path, Origin=origin) == 403
    assert status(unchanged, "/", Origin=unchanged.url) == 200


def test_every_answer_stays_out_of_caches_and_other_pages(unchanged: Client) -> None:
    missing = unchanged.get("/nowhere")
    assert missing.status_code == 404
    refused = requests.get(unchanged.url, timeout=30)
    for answer in (unchanged.get("/"), unchanged.get(route(unchanged)), missing, refused):
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_page_files_and_no_others(unchanged: Client) -> None:
    assert unchanged.get("/page/review.js").headers["content-type"].startswith("text/javascript")
    (unchanged.reviews.folder / "x.js").write_text("outside")
    for name in ("app.py", "..%2fapp.py", "..%2f..%2f..%2fkey", "missing.js"):
        assert unchanged.get(f"/page/{name}").status_code == 404


def test_pages_load_nothing_from_elsewhere() -> None:
    folder = Path("attune/review/page")
    root = Path(__file__).parents[3]
    for path in (root / folder).iterdir():
        assert "://" not in path.read_text(encoding="utf-8"), path.name


def test_a_recording_with_the_times_of_its_words(unchanged: Client) -> None:
    found = unchanged.get(route(unchanged)).json()
    assert (found["name"], found["version"], found["can_undo"]) == (NAME, 1, False)
    assert [cue["text"] for cue in found["cues"]] == [f"the {WORD}", "and on"]
    assert found["cues"][0]["words"] == [[0, 3, 0.0, 1.0, 0.95], [4, 10, 1.0, 2.0, 0.95]]


def test_an_edit_its_repetition_undo_and_redo(client: Client, at: str) -> None:
    base = client.get(at).json()["version"]
    first = edit(client, at, "corrected")
    assert first.status_code == 200
    answer = first.json()
    assert (answer["version"], answer["can_undo"], answer["can_redo"]) == (2, True, False)
    assert [cue["text"] for cue in answer["cues"]] == ["corrected"]
    old = splice(client, at, "x")[0]["remove"][0] | {"text": f"the {WORD}"}
    again = [{"at": 0, "remove": [old], "insert": [old | {"text": "corrected"}]}]
    assert edit(client, at, "", base=base, splices=again).json()["version"] == 2
    undone = client.post(f"{at}/undo", base=2, request="r2").json()
    assert undone["splices"][0]["insert"][0]["text"] == f"the {WORD}"
    assert (undone["version"], undone["can_undo"], undone["can_redo"]) == (3, False, True)
    redone = client.post(f"{at}/undo", base=3, request="r3", redo=True).json()
    assert redone["splices"][0]["insert"][0]["text"] == "corrected"
    assert client.get(at).json()["work_seconds"] == 2.0


def test_faults_have_a_status_and_tell_no_text_and_no_name(
    client: Client, at: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert client.post(f"{at}/hold").json()["held"] is True
    answers = {
        409: edit(client, at, WORD, base=7),
        423: edit(client, at, WORD, page="b"),
        422: edit(client, at, f"{WORD}\n"),
        404: client.get("/api/recordings/r0000000000"),
        415: client.session.post(client.url + f"{at}/edit", data=WORD, timeout=30),
    }
    for status, answer in answers.items():
        assert answer.status_code == status and answer.json()["error"]
        assert WORD not in answer.text and NAME not in answer.text
    form = {"Content-Type": "application/json"}
    for body in (b"{", b"[]", b'{"page": "quokka"', b"\xff\xfe", b'{"page": "quokka quokka"}'):
        answer = client.session.post(client.url + f"{at}/edit", body, headers=form, timeout=30)
        assert answer.status_code == 422 and WORD not in answer.text
    assert edit(client, at, WORD, kind="anything").status_code == 422
    assert edit(client, at, WORD, more=1).status_code == 422
    big = client.post(f"{at}/edit", find="x" * 21_000_000)
    assert big.status_code == 413
    (client.reviews.folder / f".{NAME}.vtt.new").mkdir()  # the WebVTT cannot be written
    full = edit(client, at, WORD)
    assert full.status_code == 507 and full.json()["error"] == "disk"
    (client.reviews.folder / f".{NAME}.vtt.new").rmdir()
    told = capfd.readouterr()
    assert WORD not in told.out + told.err and NAME not in told.out + told.err


def test_two_pages(client: Client, at: str) -> None:
    assert client.post(f"{at}/hold", page="a").json()["held"]
    assert not client.post(f"{at}/hold", page="b").json()["held"]
    assert client.post(f"{at}/hold", page="b", force=True).json()["held"]
    assert edit(client, at, "x", page="a").status_code == 423
    client.post(f"{at}/release", page="b")
    assert edit(client, at, "x", page="a").status_code == 200


def test_find_and_replace(client: Client, at: str) -> None:
    assert client.post(f"{at}/replace", find="AND", replacement="or").json()["places"] == 1
    elsewhere = client.post(f"{at}/replace-elsewhere", find="and", replacement="or").json()
    assert elsewhere == {"places": 0, "recordings": 0, "held": 0}


def test_done_and_the_list(client: Client, at: str) -> None:
    assert client.post(f"{at}/finish").status_code == 200
    (row,) = client.get("/api/recordings").json()["recordings"]
    assert row["done"] and row["name"] == NAME
    assert (client.reviews.sessions / "transcripts" / f"{NAME}.vtt").is_file()
    assert isinstance(client.get("/api/worth").json()["lines"], list)


def test_settings(client: Client, at: str) -> None:
    send = client.session.post
    path = f"{client.url}/api/settings"
    chosen = {"rewind": 2.0, "speed": 1.5, "keys": {"play": "Tab"}}
    assert send(path, json=chosen, timeout=30).status_code == 200
    assert client.get(at).json()["settings"] == chosen
    assert send(path, json={"rewind": 20}, timeout=30).status_code == 422
    assert client.get(at).json()["settings"] == chosen
