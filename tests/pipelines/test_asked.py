"""config.yaml of a run folder: what was asked, in one text that loads back."""

from pathlib import Path

from piste.pipelines.asked import asked_yaml
from piste.pipelines.config.load import load_config


def test_a_file_alone_is_kept_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("# mine\nseed: 7\ndata: {source: embedded}\nmodel: {type: mlp}\n")
    assert asked_yaml(load_config(file)) == file.read_text()


def test_bases_and_overrides_are_summed_and_quoted(tmp_path: Path) -> None:
    overrides = ["training.epochs=3", 'data.classes=["0", a, b, c, d, e, f, g, "h: i", "no"]']
    config = load_config("fashion_mnist/mlp_elu", overrides)
    text = asked_yaml(config)
    assert "# base.yaml:\n" in text and "# --set 1:\n#   training.epochs=3\n" in text
    copy = tmp_path / "copy.yaml"
    copy.write_text(text)
    again = load_config(copy)
    assert again == config
    assert again.data.classes is not None and again.data.classes[-2:] == ("h: i", "no")


def test_no_folder_of_this_machine_is_named() -> None:
    assert str(Path(__file__).parents[2]) not in asked_yaml(load_config("fashion_mnist/mlp_elu"))
