"""Samples from images, in every shape that a model takes; reading itself is tested in data/test_images.py."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from piste.pipelines.errors import DataError
from piste.pipelines.predict.images import image_batches

GRAY = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40


def read(path: str, shape: tuple[int, ...] = (2, 3), dtype: str = "uint8", size: int = 8, **how: Any) -> list[Any]:
    batches = image_batches(Path(path), shape, dtype, size, **how)
    return [(batch.x.tolist(), [name["file"] for name in batch.names]) for batch in batches]


def test_one_image_in_every_shape() -> None:
    Image.fromarray(GRAY).save("gray.png")
    assert read("gray.png") == [([GRAY.tolist()], ["gray.png"])]
    assert read("gray.png", (2, 3, 1)) == [([GRAY[..., None].tolist()], ["gray.png"])]
    assert read("gray.png", (2, 3, 3)) == [([np.repeat(GRAY[..., None], 3, 2).tolist()], ["gray.png"])]
    ((x, _),) = read("gray.png", (2, 3, 4), "float32")
    assert x[0][1][2] == [200.0, 200.0, 200.0, 255.0]


def test_another_size_is_resized() -> None:
    Image.fromarray(np.full((8, 6), 77, np.uint8)).save("large.png")
    assert read("large.png") == [([[[77] * 3] * 2], ["large.png"])]


def test_an_image_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    Image.fromarray(GRAY).save("turned.png", exif=exif)
    assert read("turned.png", (3, 2)) == [([np.rot90(GRAY, -1).tolist()], ["turned.png"])]


def test_a_folder_in_the_order_of_names() -> None:
    Path("all/inner").mkdir(parents=True)
    for name in ("b.png", "inner/c.bmp", "a.PNG"):
        Image.fromarray(GRAY).save(f"all/{name}")
    Path("all/notes.txt").touch()
    assert [names for _, names in read("all", size=2)] == [["a.PNG", "b.png"], ["inner/c.bmp"]]


def test_what_cannot_be_read_is_named() -> None:
    Path("all").mkdir()
    Image.fromarray(GRAY).save("all/a.png")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)).save("all/b.png")
    Path("all/b.png").write_bytes(Path("all/b.png").read_bytes()[:2000])
    with pytest.raises(DataError, match=r"all/b\.png: expected a whole image\. Received from Pillow: "):
        read("all")
    Path("all/b.png").write_text("no image")
    with pytest.raises(DataError, match=r"all/b\.png: expected an image \(.*\)\. Received: none of these"):
        read("all")


def test_formats_that_run_programs_are_refused_under_any_name() -> None:
    """Pillow would hand what is PostScript to Ghostscript, whatever the file is called."""
    Path("a.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 2 2\n%%EndComments\nshowpage\n")
    with Image.open("a.png") as opened:
        assert opened.format == "EPS"
    with pytest.raises(DataError, match=r"a\.png: expected an image \(.*\)\. Received: none of these"):
        read("a.png")


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(GRAY).save("gray.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    with pytest.raises(
        DataError, match=r"gray\.png: expected a whole image\. Received from Pillow: Image size \(6 pixels"
    ):
        read("gray.png")


def test_sixteen_bits_are_read_as_for_training() -> None:
    Image.fromarray(GRAY.astype(np.uint16) * 256 + 7).save("deep.png")
    assert read("deep.png") == [([GRAY.tolist()], ["deep.png"])]


def test_other_ratios_of_the_sides_become_what_training_made_of_them() -> None:
    Image.fromarray(np.array([[10, 20, 30, 40], [10, 20, 30, 40]], np.uint8)).save("wide.png")
    for fit, expected in (("stretch", [15, 35]), ("crop", [20, 30])):
        assert read("wide.png", (2, 2), interpolation="box", fit=fit)[0][0] == [[expected] * 2]


def test_what_other_programs_leave_behind_is_passed_over() -> None:
    for name in ("cat/a.png", "cat/.ipynb_checkpoints/a.png", ".thumbnails/a.png"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(GRAY).save(name)
    Path("cat/._a.png").write_bytes(b"no image")
    assert read(".") == [([GRAY.tolist()], ["cat/a.png"])]


def test_models_that_take_no_images_and_folders_without_any(tmp_path: Path) -> None:
    Image.fromarray(GRAY).save("gray.png")
    with pytest.raises(DataError, match=r"the model must take images.*Received: inputs of shape \(4,\), float32; give"):
        read("gray.png", (4,), "float32")
    with pytest.raises(DataError, match=r"Received: inputs of shape \(2, 3\), int8"):
        read("gray.png", dtype="int8")
    Path("none").mkdir()
    with pytest.raises(DataError, match=r"none must hold images .*Received: a folder without any"):
        read("none")
