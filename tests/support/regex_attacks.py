"""Strings on which a regular expression backtracks, made from the expression itself.

A pattern is attacked at each of its places: a text that matches up to there, one character or one
body of a repetition many times, and an end that does not fit. That finds nested repetitions, which
are exponential, and neighbouring ones that share a character, which are quadratic.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

_LIKELY = "a1 A.:-_'\"<>[](){}*#@&=+/,;|~!?%^\t\n\\\u2013\u00e9\u2022Tt"
_COMMON = (" ", "a", "1", "\n", ":", "-", ".", "<", "[", "(", "a ", "1:", "a.", "\t")
_METHODS = ("match", "fullmatch", "search", "sub", "findall", "finditer", "split")
_WHOLE = {"sub", "findall", "finditer", "split", "search"}


def patterns(*packages: str) -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    """(place in the code, pattern, methods that the code calls) of each pattern of the packages.

    Patterns of the module, and those that stand in a call such as `re.sub(r"...", ...)`.
    """
    for name in sorted(_modules(packages)):
        module = importlib.import_module(name)
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for variable, value in sorted(vars(module).items()):
            of_text = isinstance(value, re.Pattern) and isinstance(value.pattern, str)
            if of_text and re.search(rf"^{variable}\b[^=\n]*=", source, re.MULTILINE):
                yield f"{name}.{variable}", value, _methods(variable, source, packages)
        for call in ast.walk(ast.parse(source)):
            yield from _inline(name, call)


def _modules(packages: Iterable[str]) -> Iterator[str]:
    for package in packages:
        top = importlib.import_module(package)
        yield package
        for found in pkgutil.walk_packages(top.__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                yield found.name


def _methods(variable: str, source: str, packages: Iterable[str]) -> set[str]:
    """Methods that are called on the pattern: by its module, or by any if its name is public."""
    sources = [source]
    if not variable.startswith("_"):
        folders = [Path(importlib.import_module(package).__path__[0]) for package in packages]
        sources += [p.read_text(encoding="utf-8") for f in folders for p in f.rglob("*.py")]
    calls = {call for text in sources for call in re.findall(rf"\b{variable}\.(\w+)", text)}
    return calls & set(_METHODS) or {"fullmatch"}


def _inline(name: str, call: ast.AST) -> Iterator[tuple[str, re.Pattern[str], set[str]]]:
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
        return
    first, called = call.args[0], call.func
    of_re = isinstance(called.value, ast.Name) and called.value.id == "re"
    text = first.value if isinstance(first, ast.Constant) else None
    if of_re and called.attr in _METHODS and isinstance(text, str):
        flags = re.MULTILINE if "MULTILINE" in ast.dump(call) else 0
        yield f"{name}:{call.lineno}", re.compile(text, flags), {called.attr}


def attacks(pattern: re.Pattern[str], count: int) -> Iterator[str]:
    """Strings with up to `count` repetitions against a pattern."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    trees = list(_bodies(tree))
    bodies = {sample(body) for body in trees} - {""}
    common = {pump for pump in _COMMON if any(_repeats(body, pump[0]) for body in trees)}
    pumps = sorted({*common, *bodies, *(character for body in bodies for character in body)})
    for prefix in sorted(set(_prefixes(tree, ""))):
        for pump in pumps:
            for end in ("", "\x01", "a"):
                yield prefix + pump * (count // len(pump)) + end


def slow(
    pattern: re.Pattern[str], methods: Iterable[str], count: int, seconds: float
) -> tuple[str, str] | None:
    """(method, attack) that takes more than `seconds` of CPU time, if there is one."""
    for method in sorted(methods):
        for attack in attacks(pattern, count):
            if all(_takes_longer(pattern, method, attack, seconds) for _ in range(3)):
                return method, f"{attack[:60]!r}... ({len(attack)} characters)"
    return None


def _takes_longer(pattern: re.Pattern[str], method: str, text: str, seconds: float) -> bool:
    try:
        with _cpu_limit(seconds):
            _call(pattern, method, text)
    except TimeoutError:
        return True
    return False


def _call(pattern: re.Pattern[str], method: str, text: str) -> None:
    if method == "sub":
        pattern.sub("", text)
    elif method in _WHOLE - {"search"}:
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)


class _cpu_limit:
    """Within it, TimeoutError after so many seconds of CPU time; the regex engine looks for
    signals while it matches."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        signal.signal(signal.SIGVTALRM, self._raise)
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    @staticmethod
    def _raise(number: int, frame: FrameType | None) -> None:
        raise TimeoutError


def sample(tree: Any) -> str:
    """A short text that the parsed expression matches, look-arounds aside."""
    return "".join(_sample(operation, value) for operation, value in tree)


def _sample(operation: Any, value: Any) -> str:
    if operation is sre.LITERAL:
        return chr(value)
    if operation is sre.NOT_LITERAL:
        return next(c for c in _LIKELY if ord(c) != value)
    if operation is sre.ANY:
        return "a"
    if operation is sre.IN:
        return next((c for c in _LIKELY if _fits(value, c)), _first_of(value))
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, body = value
        return sample(body) * (max(least, 1) if most else 0)
    if operation is sre.SUBPATTERN:
        return sample(value[3])
    if operation is sre.ATOMIC_GROUP:
        return sample(value)
    if operation is sre.BRANCH:
        return sample(value[1][0])
    if operation is sre.GROUPREF_EXISTS:
        return sample(value[1])
    return ""


def _fits(members: Any, character: str) -> bool:
    negated, found = False, False
    for operation, value in members:
        if operation is sre.NEGATE:
            negated = True
        elif operation is sre.LITERAL:
            found = found or ord(character) == value
        elif operation is sre.RANGE:
            found = found or value[0] <= ord(character) <= value[1]
        elif operation is sre.CATEGORY:
            found = found or _in_category(value, character)
    return found != negated


def _in_category(category: Any, character: str) -> bool:
    name = str(category).lower()
    sort = {"digit": r"\d", "space": r"\s", "word": r"\w"}[name.rsplit("_", 1)[-1]]
    return (re.match(sort, character) is not None) != ("_not_" in name)


def _first_of(members: Any) -> str:
    for operation, value in members:
        if operation is sre.LITERAL:
            return chr(value)
        if operation is sre.RANGE:
            return chr(value[0])
    return ""


def _repeats(body: Any, character: str) -> bool:
    """Whether the body of a repetition is one character, and that may be it."""
    if len(body) != 1:
        return False
    operation, value = body[0]
    if operation is sre.SUBPATTERN:
        return _repeats(value[3], character)
    if operation is sre.BRANCH:
        return any(_repeats(branch, character) for branch in value[1])
    if operation is sre.LITERAL:
        return bool(ord(character) == value)
    if operation is sre.IN:
        return _fits(value, character)
    return operation is sre.ANY or (operation is sre.NOT_LITERAL and ord(character) != value)


def _children(operation: Any, value: Any) -> list[Any]:
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return [value[2]]
    if operation is sre.SUBPATTERN:
        return [value[3]]
    if operation is sre.ATOMIC_GROUP:
        return [value]
    if operation is sre.BRANCH:
        return list(value[1])
    if operation in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]] if value[0] > 0 else []
    return []


def _bodies(tree: Any) -> Iterator[Any]:
    """The bodies of all repetitions."""
    for operation, value in tree:
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and value[1] > 1:
            yield value[2]
        for child in _children(operation, value):
            yield from _bodies(child)


def _prefixes(tree: Any, before: str) -> Iterator[str]:
    """Texts that match up to each place in the expression."""
    yield before
    for operation, value in tree:
        for child in _children(operation, value):
            yield from _prefixes(child, before)
        before += _sample(operation, value)
        yield before
