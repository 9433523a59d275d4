"""Real exports in a real clean process: good ones pass, and each kind of damage is told in words."""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from piste.pipelines.errors import ArtefactError
from piste.pipelines.export import verify
from piste.pipelines.export.serve import Served
from piste.pipelines.export.verify import Exported, verify_export, verify_exports


def test_every_kind_of_model_serves_without_piste(exports: dict[str, Exported]) -> None:
    facts = dict(zip(exports, verify_exports(list(exports.values())), strict=True))
    for name, found in facts.items():
        exact = exports[name].precision == "float32"
        assert found["max_abs_difference"] < (1e-5 if exact else 1e-2), name
        assert found["samples"] == 9 and found["seconds"] > 0
    assert facts["mlp"]["tolerance"] == {"relative": 1e-4, "absolute": 1e-5}
    assert facts["mlp"]["signature"] == {
        "inputs": {"inputs": {"dtype": "uint8", "shape": [None, 8, 8]}},
        "outputs": {
            "class_index": {"dtype": "int64", "shape": [None]},
            "class_name": {"dtype": "string", "shape": [None]},
            "probabilities": {"dtype": "float32", "shape": [None, 3]},
        },
    }
    assert facts["regression"]["signature"] == {
        "inputs": {"inputs": {"dtype": "float32", "shape": [None, 5]}},
        "outputs": {"predictions": {"dtype": "float32", "shape": [None, 2]}},
    }
    graph = exports["mlp"].folder / "saved_model.pb"
    assert facts["mlp"]["sha256"]["saved_model.pb"] == hashlib.sha256(graph.read_bytes()).hexdigest()
    assert {"saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"} <= set(
        facts["mlp"]["sha256"]
    )
    assert facts["mlp"]["bytes"] == sum(f.stat().st_size for f in exports["mlp"].folder.rglob("*") if f.is_file())


def flip_a_weight(folder: Path) -> None:
    file = folder / "variables" / "variables.data-00000-of-00001"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def remove_the_signature(folder: Path) -> None:
    file = folder / "saved_model.pb"
    content = SavedModel.FromString(file.read_bytes())
    del content.meta_graphs[0].signature_def["serving_default"]
    file.write_bytes(content.SerializeToString())


def cut_the_graph(folder: Path) -> None:
    file = folder / "saved_model.pb"
    file.write_bytes(file.read_bytes()[:-1000])


def remove_the_graph(folder: Path) -> None:
    (folder / "saved_model.pb").unlink()


def damaged(export: Exported, folder: Path, damage: Callable[[Path], None]) -> Exported:
    shutil.copytree(export.folder, folder)
    damage(folder)
    return replace(export, folder=folder)


def test_every_damaged_export_is_named(exports: dict[str, Exported], tmp_path: Path) -> None:
    good = exports["mlp"]
    assert good.classes is not None
    predicted = int(good.outputs[0].argmax())
    swapped = [*good.classes[1:], good.classes[0]]
    names = list(good.classes)
    unseen = [i for i in range(3) if i not in good.outputs.argmax(axis=1)]
    names[unseen[0]] = "Unseen"
    cases = {
        "Checksum does not match": damaged(good, tmp_path / "flipped", flip_a_weight),
        "no signature serving_default, only: serve.": damaged(good, tmp_path / "unsigned", remove_the_signature),
        "Error parsing message": damaged(good, tmp_path / "cut", cut_the_graph),
        "No such file or directory": damaged(good, tmp_path / "headless", remove_the_graph),
        f"for class {predicted} must be {swapped[predicted]!r}. Received: {good.classes[predicted]!r}.": replace(
            damaged(good, tmp_path / "swapped", lambda _: None), classes=swapped
        ),
        f"Its class names must be {', '.join(names)}. Received: other names, or another order.": replace(
            damaged(good, tmp_path / "renamed", lambda _: None), classes=names
        ),
        "Its signature must be ": replace(
            damaged(good, tmp_path / "other", lambda _: None), classes=None, outputs=good.outputs
        ),
        "within 1e-05 + 0.0001 x |value|. Received: a difference of ": replace(
            damaged(good, tmp_path / "elsewhere", lambda _: None), outputs=good.outputs[::-1]
        ),
    }
    with pytest.raises(ArtefactError) as caught:
        verify_exports([*cases.values(), good])
    lines = str(caught.value).splitlines()
    assert len(lines) == len(cases)
    for (words, export), line in zip(cases.items(), lines, strict=True):
        assert line.startswith(f"The export {export.folder} is damaged or is not this model's. ")
        assert words in line and line.endswith("Export it again.")


def test_one_export_by_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    signature = {
        "inputs": {"inputs": {"dtype": "int32", "shape": [None, 2]}},
        "outputs": {"predictions": {"dtype": "float32", "shape": [None, 1]}},
    }
    batch = np.array([[1.0], [2.5]], np.float32)
    all_two, one, none = ({"predictions": batch[:n]} for n in (2, 1, 0))
    served = Served(None, signature, (), all_two, one, none, 0.5)
    (tmp_path / "saved_model.pb").write_bytes(b"abc")
    monkeypatch.setattr(verify, "serve_in_clean_process", lambda requests, kind: [served])
    model = np.array([[1.0], [2.5 + 2**-20]], np.float32)
    facts = verify_export(tmp_path, model, np.zeros((2, 2), np.int32), classes=None)
    assert facts["max_abs_difference"] == 2**-20
    assert (facts["samples"], facts["seconds"], facts["bytes"]) == (2, 0.5, 3)
    assert facts["sha256"] == {
        "saved_model.pb": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }  # FIPS 180-2, appendix B.1


def test_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match=re.escape("at least one. Received: 0 samples and 0 outputs.")):
        verify_export("export", np.zeros((0, 3)), np.zeros((0, 2)), classes=None)
    with pytest.raises(ValueError, match=re.escape("Received: 2 samples and 1 outputs.")):
        verify_export("export", np.zeros((1, 3)), np.zeros((2, 2)), classes=None)
