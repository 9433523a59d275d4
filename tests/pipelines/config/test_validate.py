"""Every complaint of the schema: its words and its place."""

from collections.abc import Callable

import pytest

from piste.pipelines.config.problems import Problem

Problems = Callable[..., list[Problem]]

DATA = "data: {source: embedded}\n"
MODEL = "model: {type: mlp}\n"

# text, line, column, whole message
COMPLAINTS = [
    (DATA + MODEL + "seeed: 1\n", 3, 1, "`seeed` is no key of a config. Did you mean `seed`?"),
    (DATA + MODEL + "epochs: 1\n", 3, 1, "`epochs` is no key of a config. Did you mean `training.epochs`?"),
    (DATA + MODEL + "extend: x\n", 3, 1, "`extend` is no key of a config. Did you mean `extends`?"),
    (DATA + MODEL + "_target_: os.system\n", 3, 1, "`_target_` is no key of a config."),
    (DATA, 1, 1, "`model` is missing."),
    (DATA + MODEL + "seed: -1\n", 3, 7, "`seed` must be at least 0. Received: -1."),
    (DATA + MODEL + "seed: 4294967296\n", 3, 7, "`seed` must be at most 4294967295. Received: 4294967296."),
    (DATA + MODEL + "training: {epochs: 0}\n", 3, 20, "`training.epochs` must be at least 1. Received: 0."),
    (DATA + MODEL + "training:\n  epochs:\n", 4, 10, "`training.epochs` must be an integer. Received: null."),
    (DATA + MODEL + "training: 5\n", 3, 11, "`training` must be a map. Received: 5."),
    (DATA + MODEL + "training:\n", 3, 10, "`training` must be a map. Received: null."),
    (
        DATA + MODEL + "training: {mode: grph}\n",
        3,
        18,
        "`training.mode` must be one of auto, fused, graph, stream. Received: grph. Did you mean `graph`?",
    ),
    (
        DATA + MODEL + "export: {formats: [onx]}\n",
        3,
        20,
        "`export.formats[0]` must be one of saved_model, onnx, litert, keras. Received: onx. Did you mean `onnx`?",
    ),
    (DATA + MODEL + "health: maybe\n", 3, 9, "`health` must be true, false or a map. Received: maybe."),
    (DATA + MODEL + "health: {evry: 1}\n", 3, 10, "`health.evry` is no key of a config. Did you mean `every`?"),
    (
        DATA + MODEL + "runtime: {threads: 0}\n",
        3,
        20,
        "`runtime.threads` must be at least 1. Received: 0.",
    ),
    ("data: [1]\n" + MODEL, 1, 7, "`data` must be a map with `source`. Received: a list."),
    ("data: {}\n" + MODEL, 1, 1, "`data.source` is missing."),
    ("data:\n  sorce: idx\n" + MODEL, 2, 3, "`data.sorce` is no key here. Did you mean `source`?"),
    (
        "data: {source: imbedded}\n" + MODEL,
        1,
        16,
        "`data.source` must be one of embedded, tfds, idx, npz, keras, csv, image_folder, tfrecord, synthetic. "
        "Received: imbedded. Did you mean `embedded`?",
    ),
    ("data: {source: idx}\n" + MODEL, 1, 1, "`data.directory` is missing."),
    ("data: {source: idx, directory: ''}\n" + MODEL, 1, 32, '`data.directory` must not be empty. Received: "".'),
    ("data: {source: npz, path: }\n" + MODEL, 1, 27, "`data.path` must be a text. Received: null."),
    (
        "data: {source: embedded, directory: x}\n" + MODEL,
        1,
        26,
        "`data.directory` is no key of a config.",
    ),
    (
        "data: {source: embedded, batch_size: true}\n" + MODEL,
        1,
        38,
        "`data.batch_size` must be an integer. Received: true.",
    ),
    (
        "data: {source: embedded, validation: {fraction: 1}}\n" + MODEL,
        1,
        49,
        "`data.validation.fraction` must be below 1. Received: 1.",
    ),
    (
        "data: {source: embedded, classes: [a]}\n" + MODEL,
        1,
        35,
        "`data.classes` must have at least 2 items. Received: 1.",
    ),
    (DATA + "model: ../../evil\n", 2, 8, "`model` must be a map with `type`. Received: ../../evil."),
    (DATA + "model:\n  tipe: mlp\n", 3, 3, "`model.tipe` is no key here. Did you mean `type`?"),
    (DATA + "model:\n  leyers: [flatten]\n", 3, 3, "`model.leyers` is no key here. Did you mean `layers`?"),
    (
        DATA + "model: {type: mpl}\n",
        2,
        15,
        "`model.type` must be one of mlp, residual_mlp, wide_and_deep, towers, cnn, lenet5, vgg, resnet, wide_resnet, "
        "mobilenet_v2, autoencoder, application, or give `layers`. Received: mpl. Did you mean `mlp`?",
    ),
    (
        DATA + "model: {type: mlp, layers: [flatten]}\n",
        2,
        20,
        "`model.layers` must not be given together with `type`: remove one.",
    ),
    (DATA + "model: {type: mlp, hidden: 3}\n", 2, 28, "`model.hidden` must be a list. Received: 3."),
    (DATA + "model: {type: mlp, hidden: [1, 0]}\n", 2, 32, "`model.hidden[1]` must be at least 1. Received: 0."),
    (
        DATA + 'model: {type: mlp, hidden: ["5"]}\n',
        2,
        29,
        '`model.hidden[0]` must be an integer: remove the quotes. Received: "5".',
    ),
    (
        DATA + "model: {type: cnn, filters: []}\n",
        2,
        29,
        "`model.filters` must have at least 1 item. Received: 0.",
    ),
    (DATA + "model: {type: mlp, dropout: 1}\n", 2, 29, "`model.dropout.rate` must be below 1. Received: 1."),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), COMPLAINTS, ids=lambda v: str(v)[:40])
def test_complaints(problems: Problems, text: str, line: int, column: int, message: str) -> None:
    found = problems(text)
    assert [problem.message for problem in found] == [message]
    assert (found[0].origin.line, found[0].origin.column) == (line, column)


def test_all_complaints_come_at_once_in_order(problems: Problems) -> None:
    found = problems("seed: x\ndata: {source: no}\nmodel: {type: mlp, hidden: [0, y]}\nhelth: 1\n")
    assert [problem.path for problem in found] == [
        "seed",
        "data.source",
        "model.hidden[0]",
        "model.hidden[1]",
        "helth",
    ]


def test_checks_across_sections_run_although_another_is_wrong(problems: Problems) -> None:
    found = problems("seed: x\ndata: {source: embedded, validation: {}}\n" + MODEL)
    assert [problem.path for problem in found] == ["seed", "data.validation"]


def test_a_problem_says_what_was_expected(problems: Problems) -> None:
    (found,) = problems(DATA + MODEL + "health: {evry: 1}\n")
    assert (found.expected, found.suggestion) == ("one of every, window, action, probe", "every")


def test_keys_that_look_like_union_members_are_keys(problems: Problems) -> None:
    (found,) = problems("data: {source: idx, directory: a, Idx: 1}\n" + MODEL)
    assert (found.path, found.origin.column) == ("data.Idx", 35)
