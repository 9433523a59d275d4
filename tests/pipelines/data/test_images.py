"""Image files of every kind against pixels worked out by hand."""

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from piste.pipelines.data.images import read_images
from piste.pipelines.errors import DataError

RED, BLACK, WHITE = [255, 0, 0], [0, 0, 0], [255, 255, 255]


def saved(path: Path, pixels: Any, dtype: str = "uint8", **options: Any) -> Path:
    Image.fromarray(np.array(pixels, dtype)).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "gif", "tga", "webp"])
def test_formats_without_loss(suffix: str, tmp_path: Path) -> None:
    path = saved(tmp_path / f"a.{suffix}", [[RED, BLACK], [WHITE, RED]], lossless=True)  # WebP's word for it
    assert read_images([path], (2, 2), 3).tolist() == [[[RED, BLACK], [WHITE, RED]]]


def test_jpeg_is_close(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.jpg", np.full((8, 8, 3), 100), quality=95)
    assert np.abs(read_images([path], (8, 8), 3).astype(int) - 100).max() <= 2


def test_gray_of_colours_and_colours_of_gray(tmp_path: Path) -> None:
    colours, gray = saved(tmp_path / "a.png", [[RED, WHITE]]), saved(tmp_path / "b.png", [[7, 9]])
    # 0.299 of red, and all of white
    assert read_images([colours, gray], (1, 2), 1).tolist() == [[[[76], [255]]], [[[7], [9]]]]
    assert read_images([gray], (1, 2), 3).tolist() == [[[[7, 7, 7], [9, 9, 9]]]]


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, [[1, 2], [3, 4]]),
        (2, [[2, 1], [4, 3]]),
        (3, [[4, 3], [2, 1]]),
        (4, [[3, 4], [1, 2]]),
        (6, [[3, 1], [4, 2]]),
        (8, [[2, 4], [1, 3]]),
    ],
)
def test_exif_orientation(orientation: int, upright: list[list[int]], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "a.png", [[1, 2], [3, 4]], exif=exif)
    assert read_images([path], (2, 2), 1)[0, :, :, 0].tolist() == upright


def test_sixteen_bits_keep_the_upper_eight(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", [[0, 255, 256, 65535]], "uint16")
    assert read_images([path], (1, 4), 1)[0, 0, :, 0].tolist() == [0, 0, 1, 255]


def test_what_is_transparent_becomes_black(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", [[[255, 0, 0, 0], [255, 0, 0, 255], [200, 100, 0, 51]]])
    assert read_images([path], (1, 3), 3).tolist() == [[[BLACK, RED, [40, 20, 0]]]]


def test_cmyk_palettes_and_single_bits(tmp_path: Path) -> None:
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=100)
    assert np.abs(read_images([tmp_path / "a.jpg"], (1, 1), 3).astype(int) - RED).max() <= 3
    palette = Image.new("P", (2, 1), 1)
    palette.putpalette([*WHITE, *RED])
    palette.save(tmp_path / "p.png")
    assert read_images([tmp_path / "p.png"], (1, 2), 3).tolist() == [[[RED, RED]]]
    saved(tmp_path / "b.png", [[True, False]], "bool")
    assert read_images([tmp_path / "b.png"], (1, 2), 1).tolist() == [[[[255], [0]]]]


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    first, second = Image.new("L", (2, 2), 10), Image.new("L", (2, 2), 200)
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])
    assert read_images([tmp_path / "a.gif"], (1, 1), 1).tolist() == [[[[10]]]]


def test_other_ratios_of_the_sides(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", [[10, 20, 30, 40], [10, 20, 30, 40]])

    def read(fit: Any, size: tuple[int, int] = (2, 2)) -> Any:
        return read_images([path], size, 1, "box", fit)[0, :, :, 0].tolist()

    assert read("stretch") == [[15, 35], [15, 35]]
    assert read("crop") == [[20, 30], [20, 30]]
    assert read("pad", (4, 4)) == [[0, 0, 0, 0], [10, 20, 30, 40], [10, 20, 30, 40], [0, 0, 0, 0]]


def test_filters_differ_and_nearest_makes_no_new_values(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", np.arange(0, 250, 10).reshape(5, 5))
    made = {name: read_images([path], (3, 3), 1, name) for name in ("nearest", "box", "bilinear", "bicubic", "lanczos")}
    assert len({pixels.tobytes() for pixels in made.values()}) == 5
    assert set(made["nearest"].ravel()) <= set(range(0, 250, 10))


def refused(path: Path, words: str) -> None:
    with pytest.raises(DataError, match=re.escape(f"{path}: {words}")):
        read_images([path], (2, 2), 3)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.jpg", np.arange(3 * 64 * 64).reshape(64, 64, 3) % 251)
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[:900])
    refused(cut, "expected a whole image. Received from Pillow: image file is truncated")
    empty = tmp_path / "empty.png"
    empty.touch()
    refused(empty, "expected an image (")
    text = tmp_path / "text.png"
    text.write_text("a,b\n1,2\n")
    refused(text, "expected an image (")
    png = bytearray(saved(tmp_path / "b.png", np.arange(64).reshape(8, 8)).read_bytes())
    png[-20] ^= 1  # a bit of the last bytes of pixels, or of their checksum
    flipped = tmp_path / "flipped.png"
    flipped.write_bytes(png)
    refused(flipped, "expected a whole image. Received from Pillow:")
    refused(tmp_path / "none.png", "expected a whole image. Received from Pillow: [Errno 2]")


def test_no_truncation_gives_other_pixels(tmp_path: Path) -> None:
    pixels = np.arange(256, dtype="uint8").reshape(16, 16)
    whole = saved(tmp_path / "a.png", pixels).read_bytes()
    cut, found = tmp_path / "cut.png", 0
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        try:
            read = read_images([cut], (16, 16), 1)[0, :, :, 0]
        except DataError as error:
            assert str(error).startswith(f"{cut}: expected ")
            found += 1
        else:  # what was cut off is a checksum, or the mark of the end
            np.testing.assert_array_equal(read, pixels)
    assert found > len(whole) // 7 - 6


def test_all_bad_files_are_counted_and_ten_are_named(tmp_path: Path) -> None:
    paths = [tmp_path / f"{index}.png" for index in range(14)]
    for path in paths:
        path.touch()
    saved(paths[3], [[1]])
    with pytest.raises(DataError) as caught:
        read_images(paths, (2, 2), 3)
    lines = str(caught.value).splitlines()
    assert len(lines) == 10 and lines[0].startswith(str(paths[0]))
    assert lines[0].endswith("So are 12 more of 14 files:") and lines[3].startswith(f"  {paths[4]}: expected")


def test_a_header_with_too_many_pixels_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))
    refused(bomb, "expected a whole image. Received from Pillow: Image size (3600000000 pixels) exceeds limit")


def test_32_bits_have_no_range_to_read_them_in(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.tif", [[0.5, 1.0]], "float32")
    refused(path, "expected a whole image. Received from Pillow: pixels must be of 8 or 16 bits, received 32 (mode F)")


def test_a_page_of_postscript_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "a.eps"
    Image.new("RGB", (2, 2)).save(path)
    refused(path, "expected an image (")
