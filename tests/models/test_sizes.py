"""The file of sizes against the models themselves, and two of its rows by hand."""

from piste.models.generate_sizes import build
from piste.models.sizes import Size, sizes, written
from piste.models.zoo import SHIPPED


def test_every_shipped_architecture_has_its_size() -> None:
    assert list(sizes()) == [architecture.name for architecture in SHIPPED]
    assert sizes()["mlp"] == Size((28, 28), 266_610, 2 * (784 * 300 + 300 * 100 + 100 * 10))
    assert sizes()["lenet5"] == Size((28, 28), 61_706, 833_040)


def test_the_file_is_what_the_models_are() -> None:
    assert written(build()) == written(sizes()), "run python -m piste.models.generate_sizes"
