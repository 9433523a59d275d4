"""The house: links, sizes of files, and which room imports which."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "callbacks", "pipelines")
CODE = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
FILES = CODE + sorted((ROOT / "piste").glob("*.py")) + sorted((ROOT / "tests").rglob("*.py"))


def _imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("room", [*ROOMS, "configs"])
def test_the_package_links_to_each_room(room: str) -> None:
    link = ROOT / "piste" / room
    assert link.is_symlink() and not link.readlink().is_absolute()
    assert link.resolve() == ROOT / room


def test_there_is_code_to_look_at() -> None:
    assert len(CODE) > 100


@pytest.mark.parametrize(
    ("room", "banned"), [("models", ("callbacks", "pipelines")), ("callbacks", ("pipelines",))], ids=ROOMS[:2]
)
def test_imports_go_one_way(room: str, banned: tuple[str, ...]) -> None:
    wrong = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / room).rglob("*.py")
        for name in _imported(file)
        if name.startswith(tuple(f"piste.{other}" for other in banned))
    }
    assert not wrong


def test_rooms_are_imported_by_the_name_of_the_package() -> None:
    wrong = {(str(f.relative_to(ROOT)), name) for f in FILES for name in _imported(f) if name.split(".")[0] in ROOMS}
    assert not wrong


def test_no_file_is_above_300_lines() -> None:
    long = {str(file.relative_to(ROOT)) for file in FILES if len(file.read_text(encoding="utf-8").splitlines()) > 300}
    assert not long
