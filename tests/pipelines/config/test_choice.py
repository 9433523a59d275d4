import pytest

from piste.pipelines.config.choice import OptionProblems, read_choice


def test_names_and_maps_are_read_as_a_config_reads_them() -> None:
    assert read_choice("--activation", "activations", "swish").plain() == "swish"
    found = read_choice("--activation", "activations", "{type: leaky_relu, negative_slope: 1e-2}")
    assert found.plain() == {"type": "leaky_relu", "negative_slope": 0.01}
    assert read_choice("--initializer", "initializers", "auto", ("auto",)).type == "auto"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("eluu", "--activation: error: `activation` must name an activation. Received: eluu. Did you mean `elu`?"),
        ("auto", "`activation` must name an activation. Received: auto."),
        (
            "{type: elu, alpha: 0}",
            "`activation.alpha` must be above 0. Received: 0.\n    | {type: elu, alpha: 0}\n    |  ",
        ),
        ("{type: elu, alpa: 1}", "`activation.alpa` is no argument of `elu`. Did you mean `alpha`?"),
        ("{alpha: 1}", "`activation.type` is missing."),
        ("{type: elu", "This is no valid YAML: "),
        ("!!python/name:os.system elu", "Tags (`!name`) are not allowed in a config"),
        ("", "`activation` must be a name or a map with `type`: see `piste list activations`. Received: null."),
        ("[elu]", "`activation` must be a name or a map with `type`: see `piste list activations`. Received: a list."),
    ],
)
def test_what_is_wrong_is_told_in_its_place(text: str, words: str) -> None:
    with pytest.raises(OptionProblems) as caught:
        read_choice("--activation", "activations", text)
    assert words in str(caught.value)
    assert caught.value.exit_code == 2
