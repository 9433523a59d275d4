"""Files before they are YAML: size, encoding, and what is no file at all."""

import os
from pathlib import Path

import pytest

from piste.pipelines.config.problems import ConfigProblems, Origin
from piste.pipelines.config.source import SIZE_LIMIT, Source, read_source


def _message(path: Path) -> str:
    with pytest.raises(ConfigProblems) as caught:
        read_source(path)
    return caught.value.problems[0].message


def test_crlf_and_bom_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: 1\r\nmodel: {}\r\n")
    assert read_source(path).text == "seed: 1\nmodel: {}\n"


def test_a_directory_is_no_config(tmp_path: Path) -> None:
    assert _message(tmp_path) == f"A config must be a regular file. Received: {tmp_path}."


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    assert "must be a regular file" in _message(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert _message(tmp_path / "no.yaml").endswith("cannot be read: No such file or directory.")


def test_a_loop_of_links_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "cannot be read: Too many levels of symbolic links." in _message(tmp_path / "a")


def test_size_is_limited_to_one_mebibyte(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"#" * SIZE_LIMIT)
    assert len(read_source(path).text) == SIZE_LIMIT
    path.write_bytes(b"#" * (SIZE_LIMIT + 1))
    assert "at most 1 MiB" in _message(path)


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"a: 1\nb: \xff\n", 2, 4, "must be UTF-8 text. Received: byte 0xFF at offset 8."),
        ("\u00e9: 1".encode("latin-1"), 1, 1, "byte 0xE9 at offset 0"),
        ("a: 1".encode("utf-16"), 1, 1, "byte 0xFF at offset 0"),
    ],
)
def test_other_encodings_are_placed(tmp_path: Path, data: bytes, line: int, column: int, words: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    with pytest.raises(ConfigProblems) as caught:
        read_source(path)
    problem = caught.value.problems[0]
    assert words in problem.message
    assert (problem.origin.line, problem.origin.column) == (line, column)


def test_origins_hold_the_line_and_overrides_have_no_number() -> None:
    assert Source("net.yaml", "a\nbc\n").origin(2, 1) == Origin("net.yaml", 2, 1, "bc")
    origin = Source("--set 2", "seed=1", inline=True).origin(1, 6)
    assert (origin.line, str(origin)) == (0, "--set 2")
