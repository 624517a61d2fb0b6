"""Stage `fetch_base`: the base Whisper, pinned byte for byte, in both of its forms.

Reads params `base`. Writes `models/base` (as transformers reads it) and `models/base-ct2` (as
faster-whisper runs it). The only stage that may open a connection, and only when `base.model` is a
hub id whose pinned commit is not yet complete in `.state/hub`.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from stages.common.convert import (
    MULTILINGUAL_VOCABULARY,
    read_json,
    to_ctranslate2,
    write_preprocessor,
    write_tokenizer,
)
from stages.common.errors import Fault, run_stage
from stages.common.files import new_folder
from stages.common.params import Base, load_params

TARGET = Path("models/base")
TARGET_CT2 = Path("models/base-ct2")
# Queued and temporary DVC runs work in a copy; DVC_ROOT is the repository that outlives them.
STORE = Path(os.environ.get("DVC_ROOT", ".")) / ".state" / "hub"
SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "normalizer.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "preprocessor_config.json",
    "processor_config.json",
)
# Of each line one must be there.
NEEDED = (
    ("config.json",),
    ("generation_config.json",),
    ("tokenizer.json", "vocab.json"),
    ("preprocessor_config.json", "processor_config.json"),
)
# The first that is there is taken: safetensors before pickles, one file before shards.
WEIGHTS = (
    ("model.safetensors", "model.safetensors.index.json", r"model-\d{5}-of-\d{5}\.safetensors"),
    ("pytorch_model.bin", "pytorch_model.bin.index.json", r"pytorch_model-\d{5}-of-\d{5}\.bin"),
)
COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
SECONDS = 15
"""How long the hub may stay silent; huggingface_hub would wait for ever."""
FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Raises: Fault for all that a person can mend."""
    parser = argparse.ArgumentParser(prog="python -m stages.fetch_base")
    parser.add_argument("--digest", type=Path, metavar="FOLDER", help="print a folder's revision")
    folder = parser.parse_args().digest
    try:
        if folder is None:
            fetch(load_params().base)
        else:
            print(digest(folder))
    except OSError as error:
        if error.errno in FULL:
            raise Fault("the disk is full; free some space and run the stage again") from None
        raise


def fetch(base: Base) -> None:
    """Fill both folders, or leave both as they were. Raises: Fault."""
    # The hub's library reads these when it is imported, so nothing here imports it earlier.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_UPDATE_CHECK="1")
    # Xet would fetch from further hosts, into a cache of its own outside the repository.
    os.environ.update(HF_HUB_DISABLE_XET="1", HF_HUB_VERBOSITY="error")
    if not sys.stderr.isatty():
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    folder = Path(base.model).expanduser()
    if folder.is_dir():
        os.environ["HF_HUB_OFFLINE"] = "1"
        check_pin(folder, base.revision)
    else:
        check_id(base)
        # Lifted here alone: stages/__init__.py forbids every stage to reach for the hub.
        os.environ["HF_HUB_OFFLINE"] = "0"
        folder = download(base.model, base.revision)
    with new_folder(TARGET) as fresh:
        for name in wanted(folder):
            shutil.copyfile(folder / name, fresh / name)
        write_tokenizer(fresh, fresh)
        write_preprocessor(fresh, fresh)
        to_ctranslate2(fresh, TARGET_CT2, base.quantization)
        said = describe(fresh)
    print(f"{base.model} at {base.revision[:8]}: {said}")
    sizes = (f"{path} {_size(path) / 1e6:.0f} MB" for path in (TARGET, TARGET_CT2))
    print(f"{', '.join(sizes)} ({base.quantization})")


def choose(present: Iterable[str], where: str) -> list[str]:
    """Of the files that a folder or a repository has, those that a Whisper needs, sorted.

    Raises: Fault naming the first that is missing.
    """
    present = set(present)
    for names in NEEDED:
        if present.isdisjoint(names):
            raise Fault(f"{where}: {names[0]} is missing; a Whisper needs it")
    small = [name for name in SMALL_FILES if name in present]
    for single, index, shard in WEIGHTS:
        shards = [name for name in present if re.fullmatch(shard, name)]
        if single in present:
            return sorted([*small, single])
        if index in present and shards:
            return sorted([*small, index, *shards])
    raise Fault(f"{where}: model.safetensors is missing, and so are its shards and pickles")


def wanted(folder: Path) -> list[str]:
    """The names of the files of a Whisper's folder, sorted.

    Raises: Fault when one is missing or is no file, or when the folder holds no Whisper.
    """
    if not folder.is_dir():
        raise Fault(f"{folder}: not a folder")
    check_whisper(folder / "config.json", str(folder))
    names = choose((entry.name for entry in folder.iterdir()), str(folder))
    for name in names:
        # A link to a file is read through: what is copied and digested is the content.
        if not (folder / name).is_file():
            raise Fault(f"{folder}: {name} is not a file, or a link that leads nowhere")
        with (folder / name).open("rb") as content:
            if content.read(23) == b"version https://git-lfs":
                raise Fault(f"{folder}: {name} is only a git-lfs pointer; run `git lfs pull` there")
    for index in (name for name in names if name.endswith(".index.json")):
        shards = read_json(folder / index).get("weight_map", {}).values()
        for lost in sorted(set(shards) - set(names)):
            raise Fault(f"{folder}: {lost} is missing; {index} names it")
    return names


def check_whisper(config: Path, where: str) -> None:
    """Raises: Fault when `config` is not that of a Whisper."""
    kind = read_json(config).get("model_type")
    if kind != "whisper":
        raise Fault(f"{where} is not a Whisper: its config.json says model_type {kind!r}")


def digest(folder: Path) -> str:
    """What `base.revision` must be for a local folder: 40 hex digits over the files of `wanted`.

    The same as `sha256sum FILES | sha256sum`, with the names sorted. Raises: Fault.
    """
    lines = [f"{_hash(folder / name)}  {name}\n" for name in wanted(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:40]


def check_pin(folder: Path, revision: str) -> None:
    """Raises: Fault when the folder's digest is not `revision`; it tells the true one."""
    if folder.resolve() in (TARGET.resolve(), TARGET_CT2.resolve()):
        raise Fault(f"base.model: this stage writes {folder} itself; keep the model elsewhere")
    true = digest(folder)
    if revision != true:
        raise Fault(
            f"base.revision is {revision}, but the digest of {folder} is another;"
            f" if this is the model you want, set `base.revision: {true}` in params.yaml"
        )


def check_id(base: Base) -> None:
    """Raises: Fault when the model is no hub id, or the revision is not pinned."""
    parent, name = Path(base.model).parent, Path(base.model).name
    if not HUB_ID.fullmatch(base.model):
        raise Fault(f"base.model: {base.model} is neither a folder nor a hub id such as owner/name")
    # A slip in a path (`demo/bsae`) is no repository to ask the hub about.
    if parent.is_dir():
        raise Fault(f"base.model: the folder {parent} is there, but holds no folder {name}")
    if not COMMIT.fullmatch(base.revision):
        raise Fault(
            f"base.revision: {base.revision} is not a commit of 40 hex digits; branches and tags"
            f" move, so pin a commit from the history of {base.model}"
        )


def download(model: str, commit: str) -> Path:
    """The commit's files in `.state/hub`, fetched only as far as they are not there yet.

    Raises: Fault.
    """
    from huggingface_hub import errors, get_cached_repo_tree, model_info, snapshot_download

    def snapshot(names: Iterable[str], local: bool = False) -> Path:
        found = snapshot_download(
            model,
            revision=commit,
            cache_dir=STORE,
            allow_patterns=list(names),
            local_files_only=local,
            etag_timeout=SECONDS,
        )
        return Path(found)

    def listed() -> list[str]:
        files = get_cached_repo_tree(model, revision=commit, cache_dir=STORE)
        return [file.path for file in files]

    where = f"{model} at {commit[:8]}"
    try:
        names = choose(listed(), where)
        folder = snapshot(names, local=True)
    except (errors.CachedRepoTreeNotFoundError, errors.LocalEntryNotFoundError):
        _bound_waits()
        try:
            # Asked first, for it is the one call that neither waits nor tries again.
            model_info(model, revision=commit, timeout=SECONDS)
            # Before gigabytes of something else arrive.
            check_whisper(snapshot(["config.json"]) / "config.json", where)
            names = choose(listed(), where)
            for name in names:
                if name.endswith((".safetensors", ".bin")):
                    _fetch_large(model, commit, name)
            folder = snapshot(names)
        except Fault:
            raise
        except Exception as error:
            raise _hub_fault(error, model, commit) from None
    for name in names:
        _verify(folder / name)
    return folder


def _bound_waits() -> None:
    """Give each request of huggingface_hub a time limit, also those that it gives none."""
    import httpx2
    from huggingface_hub import set_client_factory

    def limit(request: httpx2.Request) -> None:
        limits = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            step: limits.get(step) or SECONDS for step in ("connect", "read", "write", "pool")
        }

    hooks = {"request": [limit]}
    set_client_factory(lambda: httpx2.Client(follow_redirects=True, event_hooks=hooks))


def _fetch_large(model: str, commit: str, name: str) -> None:
    """Fetch a file of the weights to where the hub's cache will look for it.

    huggingface_hub throws away what it has of a file when the connection breaks; this goes on where
    the last run stopped.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    url = hf_hub_url(model, name, revision=commit)
    known = get_hf_file_metadata(url, timeout=SECONDS)
    if known.etag is None or not SHA256.fullmatch(known.etag):
        return
    blob = STORE / f"models--{model.replace('/', '--')}" / "blobs" / known.etag
    if blob.exists():
        return
    # The token is the hub's alone, not for the storage that it sends us on to.
    headers = build_hf_headers() if known.location == url else {}
    part = blob.with_name(f"{blob.name}.part")
    with part.open("ab") as content:
        http_get(
            known.location,
            content,
            resume_size=content.tell(),
            headers=headers,
            expected_size=known.size,
        )
    part.rename(blob)


def _verify(path: Path) -> None:
    """Compare a file of the hub's cache with the hash that it is kept under there.

    Large files are kept under their SHA-256, small ones under their git hash. Raises: Fault when
    the content is another; it is then deleted.
    """
    blob = path.resolve()
    if SHA256.fullmatch(blob.name):
        true = _hash(blob)
    elif COMMIT.fullmatch(blob.name):
        content = blob.read_bytes()
        head = b"blob %d\0" % len(content)
        true = hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
    else:
        return
    if true != blob.name:
        blob.unlink()
        path.unlink()
        raise Fault(f"{path.name} arrived damaged and was deleted; run the stage again")


def _hub_fault(error: Exception, model: str, commit: str) -> Exception:
    """What to tell for an error of the hub's library; the error itself if it is none of those."""
    import httpx2
    from huggingface_hub import errors

    cause = error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else None
    error = cause if isinstance(cause, Exception) else error
    status = error.response.status_code if isinstance(error, errors.HfHubHTTPError) else None
    token = "log in with `hf auth login` or set HF_TOKEN"
    if isinstance(error, errors.GatedRepoError):
        return Fault(f"{model} is gated: accept its terms on its page on the hub, then {token}")
    if isinstance(error, errors.RevisionNotFoundError):
        return Fault(f"base.revision: {model} has no commit {commit}")
    if isinstance(error, errors.RepositoryNotFoundError | errors.HFValidationError):
        return Fault(f"base.model: the hub has no {model}, or it is private: then {token}")
    if status in (401, 403):
        return Fault(f"the hub refuses {model} ({status}): {token}")
    if status is not None:
        return Fault(f"the hub answers {status} for {model}; try again later")
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
        return Fault(f"no connection to the hub to fetch {model}; check the network and the proxy")
    if isinstance(error, httpx2.HTTPError) or "Consistency check" in str(error):
        return Fault(
            f"the connection broke while fetching {model}; run again, it goes on from here"
        )
    if isinstance(error, ValueError):
        return Fault("what answers is not the hub, perhaps a network's log-in page; check it")
    return error


def describe(folder: Path) -> str:
    """Parameters, mels, languages."""
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    config = WhisperConfig.from_pretrained(str(folder), local_files_only=True)
    with torch.device("meta"):
        count = WhisperForConditionalGeneration(config).num_parameters()
    languages = len(read_json(folder / "generation_config.json").get("lang_to_id") or {})
    many = f"{languages} languages" if languages else "multilingual"
    spoken = many if config.vocab_size >= MULTILINGUAL_VOCABULARY else "English only"
    return f"{count / 1e6:.1f} M parameters, {config.num_mel_bins} mels, {spoken}"


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


if __name__ == "__main__":
    run_stage("fetch_base", main)
