"""`extends`: what merges, what replaces, and which bases are refused."""

from pathlib import Path

import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems, Problem

BASE = """\
data: {source: embedded, batch_size: 64, validation: {size: 100}}
model: {type: mlp, hidden: [8, 4], activation: {type: leaky_relu, negative_slope: 0.5}}
training: {optimizer: {type: sgd, learning_rate: 0.5, momentum: 0.5}}
"""


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / "net.yaml"


def _problem(path: Path) -> Problem:
    with pytest.raises(ConfigProblems) as caught:
        load_config(path)
    return caught.value.problems[0]


def test_maps_merge_and_lists_replace(tmp_path: Path) -> None:
    net = _write(tmp_path, base=BASE, net="extends: base.yaml\nmodel: {hidden: [3]}\ndata: {shuffle: false}\n")
    config = load_config(net)
    assert config.dump()["model"] == {
        "type": "mlp",
        "activation": {"type": "leaky_relu", "negative_slope": 0.5},
        "initializer": "auto",
        "kernel_regularizer": None,
        "kernel_constraint": None,
        "hidden": [3],
        "batch_norm": None,
        "dropout": 0.0,
        "head": "softmax",
    }
    assert (config.data.batch_size, config.data.shuffle) == (64, False)


def test_a_map_whose_type_stays_keeps_its_arguments(tmp_path: Path) -> None:
    net = _write(tmp_path, base=BASE, net="extends: base.yaml\ntraining: {optimizer: {type: sgd, momentum: 0.9}}\n")
    assert load_config(net).training.optimizer.arguments == {"learning_rate": 0.5, "momentum": 0.9}


def test_a_map_whose_type_changes_is_replaced_whole(tmp_path: Path) -> None:
    net = _write(
        tmp_path,
        base=BASE,
        net="extends: base.yaml\ntraining: {optimizer: {type: adam}}\nmodel: {type: cnn, dense: [5]}\n",
    )
    config = load_config(net)
    assert config.training.optimizer.arguments == {}
    assert config.value("model.activation") == "relu"


def test_a_source_that_changes_replaces_the_data(tmp_path: Path) -> None:
    net = _write(tmp_path, base=BASE, net="extends: base.yaml\ndata: {source: synthetic, kind: circles}\n")
    assert load_config(net).data.batch_size == 32


@pytest.mark.parametrize("pair", [("{type: mlp}", "{layers: [flatten]}"), ("{layers: [flatten]}", "{type: mlp}")])
def test_layers_and_type_replace_each_other(tmp_path: Path, pair: tuple[str, str]) -> None:
    base = f"data: {{source: synthetic, kind: regression}}\nmodel: {pair[0]}\n"
    net = _write(tmp_path, base=base, net=f"extends: base.yaml\nmodel: {pair[1]}\n")
    assert ("layers" in load_config(net).dump()["model"]) == ("layers" in pair[1])


def test_every_value_keeps_its_own_file(tmp_path: Path) -> None:
    net = _write(tmp_path, base=BASE, net="extends: base.yaml\nmodel:\n  hidden: [3]\n")
    config = load_config(net)
    assert str(config.origin("model.hidden")) == f"{net}:3:11"
    assert str(config.origin("model.activation.negative_slope")) == f"{tmp_path / 'base.yaml'}:2:83"
    assert config.origin("training.epochs") is None
    assert [source.name for source in config.sources] == [str(tmp_path / "base.yaml"), str(net)]


def test_problems_of_a_base_are_placed_in_the_base(tmp_path: Path) -> None:
    net = _write(tmp_path, base="seed: x\n" + BASE, net="extends: base.yaml\n")
    assert str(_problem(net).origin) == f"{tmp_path / 'base.yaml'}:1:7"


def test_a_base_is_relative_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "middle.yaml").write_text("extends: ../base.yaml\nseed: 7\n")
    net = _write(tmp_path, base=BASE, net="extends: sub/middle.yaml\n")
    assert load_config(net).seed == 7


def test_a_circle_is_shown_as_a_chain(tmp_path: Path) -> None:
    net = _write(tmp_path, base="extends: net.yaml\n", net="extends: base.yaml\n")
    problem = _problem(net)
    assert problem.message == "`extends` goes in a circle: net.yaml -> base.yaml -> net.yaml."
    assert str(problem.origin) == f"{tmp_path / 'base.yaml'}:1:10"


def test_a_file_that_extends_itself(tmp_path: Path) -> None:
    net = _write(tmp_path, net="extends: ./net.yaml\n")
    assert "goes in a circle: net.yaml -> net.yaml." in _problem(net).message


def test_a_chain_may_have_ten_links(tmp_path: Path) -> None:
    files = {f"n{i}": f"extends: n{i + 1}.yaml\n" for i in range(9)} | {"n9": BASE}
    _write(tmp_path, **files)
    assert load_config(tmp_path / "n0.yaml").seed == 42
    _write(tmp_path, n9="extends: n10.yaml\n", n10=BASE)
    assert _problem(tmp_path / "n0.yaml").message == "`extends` may be followed at most 10 times."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("bas.yaml", "does not exist, and no config of that name is shipped. Did you mean `base.yaml`?"),
        ("quickstrt", "Did you mean `quickstart`?"),
        ("zzzzzzzzzzz.yaml", "zzzzzzzzzzz.yaml does not exist, and no config of that name is shipped."),
        ("https://host/base.yaml", "must be a file, not an address. Received: https://host/base.yaml."),
        ("[base.yaml]", "`extends` must be the path of one file, relative to this one, or a shipped"),
        ("", "`extends` must be the path of one file"),
    ],
)
def test_bases_that_are_refused(tmp_path: Path, value: str, words: str) -> None:
    problem = _problem(_write(tmp_path, base=BASE, net=f"# net\nextends: {value}\n"))
    assert words in problem.message
    assert problem.origin.line == 2
    assert ".." not in problem.message


def test_a_shipped_config_is_a_base_by_its_name(tmp_path: Path) -> None:
    net = _write(tmp_path, net="extends: fashion_mnist/mlp_elu\nseed: 7\n")
    assert load_config(net).seed == 7
    assert load_config(net).model == load_config("fashion_mnist/mlp_elu").model
    (tmp_path / "quickstart").write_text(BASE)
    assert load_config(_write(tmp_path, net="extends: quickstart\n")).dump()["model"]["hidden"] == [8, 4]


def test_an_empty_config_says_what_it_needs(tmp_path: Path) -> None:
    problem = _problem(_write(tmp_path, net="# nothing\n"))
    assert problem.message.startswith("The config is empty. It needs at least `data: {source: embedded}`")
    assert (problem.origin.line, problem.origin.column) == (1, 1)


@pytest.mark.parametrize(("text", "kind"), [("- a\n", "a list"), ("abc\n", "a text")])
def test_a_config_must_be_a_map(tmp_path: Path, text: str, kind: str) -> None:
    message = _problem(_write(tmp_path, net=text)).message
    assert message == f"The config must be a map of sections such as `data` and `model`. Received: {kind}."
