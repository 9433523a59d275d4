"""Which models the zoo's table holds, and with which activations and seeds."""

from dataclasses import dataclass

from piste.pipelines.config.load import load_config

THREE, ONE = (42, 43, 44), (42,)
ACTIVATIONS = ("relu", "elu", "gelu", "silu")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        config: name of a shipped config; its data are replaced by the whole of Fashion-MNIST.
        activation: of every hidden layer.
        seeds: of each training; one alone where an epoch takes more than 30 s on two cores.
    """

    config: str
    activation: str
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        """What `--only` and the table call it."""
        return f"{self.config.rpartition('/')[2]}-{self.activation}"

    def run(self, seed: int) -> str:
        """Returns the folder's name of one training."""
        return f"{self.name}-{seed}"

    def data(self, directory: str) -> str:
        """Returns the override that reads Fashion-MNIST's four files from a folder."""
        data = load_config(self.config).data
        values = f"validation: {{size: 5000}}, scale: {data.scale}, batch_size: {data.batch_size}"
        return f"data={{source: idx, directory: {directory}, {values}}}"

    def overrides(self, seed: int, directory: str) -> list[str]:
        """Returns all that the config is trained with."""
        return [self.data(directory), f"model.activation={self.activation}", f"seed={seed}"]


ROWS = (
    *(Row("fashion_mnist/mlp_batch_norm", activation, THREE) for activation in ACTIVATIONS),
    # Self-normalising: SELU is valid without batch normalisation alone.
    Row("fashion_mnist/mlp_selu_20", "selu", THREE),
    *(Row("fashion_mnist/lenet_5", activation, THREE) for activation in ACTIVATIONS),
    *(Row("fashion_mnist/resnet_8", activation, ONE) for activation in ACTIVATIONS),
    Row("fashion_mnist/resnet_20", "relu", ONE),
)
