"""The table of activations: one entry each, read by models, monitors, the compare command and the docs.

Plain data: importing it needs no TensorFlow, Keras or NumPy. Numbers without a closed form were computed by
quadrature and on a grid; the tests compute them again.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from piste.models.activations import families
from piste.models.activations.facts import Activation, Argument, Check, Facts, Tail
from piste.models.suggest import did_you_mean

SOFTMAX = "softmax"  # allowed on a layer, not in the table: it has no slope per unit

_GLOROT = MappingProxyType({"type": "glorot_uniform"})
_HE = MappingProxyType({"type": "he_normal"})
_LECUN = MappingProxyType({"type": "lecun_normal"})


def _ordered(arguments: Mapping[str, float]) -> str | None:
    return "must have `lower` at most `upper`" if arguments["lower"] > arguments["upper"] else None


def _entry(
    name: str,
    formula: str,
    paper: str,
    initializer: Mapping[str, str | float],
    facts: Facts | Callable[[Mapping[str, float]], Facts],
    *,
    layer: str = "Activation",
    constants: Mapping[str, str | float] | None = None,
    slope_from_input: bool = False,
    arguments: Mapping[str, Argument] | None = None,
    aliases: tuple[str, ...] = (),
    check: Check | None = None,
) -> Activation:
    if constants is None:
        constants = {"activation": name} if layer == "Activation" else {}
    return Activation(
        name=name,
        formula=formula,
        paper=paper,
        layer=layer,
        constants=MappingProxyType(dict(constants)),
        initializer=initializer,
        slope_from="input" if slope_from_input else "output",
        facts_of=families.fixed(facts) if isinstance(facts, Facts) else facts,
        arguments=MappingProxyType(dict(arguments or {})),
        aliases=aliases,
        check=check,
    )


_ENTRIES = [
    _entry("linear", "z", "-", _GLOROT, families.EVERYWHERE_LINEAR),
    _entry(
        "sigmoid",
        "1 / (1 + exp(-z))",
        "Verhulst 1838; Rumelhart et al. 1986, doi:10.1038/323533a0",
        _GLOROT,
        families.both(0.25, 4.35654442, 6.90575227, 1.8462285450),
    ),
    _entry(
        "tanh",
        "(exp(z) - exp(-z)) / (exp(z) + exp(-z))",
        "LeCun et al. 1998, Efficient BackProp, doi:10.1007/3-540-49430-8_2",
        _GLOROT,
        families.both(1.0, 2.17827221, 4.14677473, 1.5925374195),
    ),
    _entry(
        "softplus",
        "log(1 + exp(z))",
        "Dugas et al. 2000, Incorporating Second-Order Functional Knowledge, NIPS 13",
        _GLOROT,
        families.left(1.0, -math.log(19), -math.log(999), 1.0418668354),
    ),
    _entry(
        "softsign",
        "z / (1 + |z|)",
        "Glorot & Bengio 2010, Difficulty of training deep feedforward networks, AISTATS",
        _GLOROT,
        families.both(1.0, math.sqrt(20) - 1, math.sqrt(1000) - 1, 2.3375333628),
    ),
    _entry(
        "hard_sigmoid",
        "min(max(z + 3, 0), 6) / 6",
        "Courbariaux et al. 2015, BinaryConnect, arXiv:1511.00363 (slope 1/6 as in Keras 3)",
        _GLOROT,
        families.both(1 / 6, 3.0, 3.0, 1.8978404244, kinks=(-3.0, 3.0)),
    ),
    _entry(
        "relu",
        "max(z, 0)",
        "Nair & Hinton 2010, Rectified Linear Units, ICML; initialiser: He et al. 2015, arXiv:1502.01852",
        _HE,
        families.two_slopes(0.0),
        layer="ReLU",
    ),
    _entry(
        "relu6",
        "min(max(z, 0), 6)",
        "Krizhevsky 2010, Convolutional Deep Belief Networks on CIFAR-10",
        _HE,
        Facts(1.0, "both", Tail(0.0, 6.0), Tail(0.0, 6.0), (0.0, 6.0), 1.4142135649),
        layer="ReLU",
        constants={"max_value": 6.0},
    ),
    _entry(
        "leaky_relu",
        "z if z > 0 else negative_slope * z",
        "Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models",
        _HE,
        lambda arguments: families.two_slopes(arguments["negative_slope"]),
        layer="LeakyReLU",
        arguments={"negative_slope": Argument(0.2, 0.0, False, "slope for z < 0")},
    ),
    _entry(
        "prelu",
        "z if z > 0 else a * z, a learned from alpha (one a unit, in images one a channel)",
        "He et al. 2015, Delving Deep into Rectifiers, arXiv:1502.01852",
        _HE,
        lambda arguments: families.two_slopes(arguments["alpha"]),
        layer="PReLU",
        slope_from_input=True,
        arguments={"alpha": Argument(0.25, 0.0, False, "slope for z < 0 before training")},
    ),
    _entry(
        "rrelu",
        "z if z > 0 else a * z, a drawn from lower to upper in training, their mean in inference",
        "Xu et al. 2015, Empirical Evaluation of Rectified Activations, arXiv:1505.00853",
        _HE,
        lambda arguments: families.two_slopes((arguments["lower"] + arguments["upper"]) / 2),
        layer="RReLU",
        arguments={
            "lower": Argument(1 / 8, 0.0, False, "least slope for z < 0"),
            "upper": Argument(1 / 3, 0.0, False, "greatest slope for z < 0"),
        },
        check=_ordered,
    ),
    _entry(
        "thresholded_relu",
        "z if z > threshold else 0",
        "Konda et al. 2015, Zero-bias autoencoders, arXiv:1402.3337",
        _HE,
        families.thresholded,
        layer="ReLU",
        arguments={"threshold": Argument(1.0, 0.0, False, "f jumps there, from 0 to the threshold")},
    ),
    _entry(
        "smelu",
        "0 if z <= -beta, z if z >= beta, else (z + beta)^2 / (4 * beta)",
        "Shamir et al. 2020, Smooth activations and reproducibility in deep networks, arXiv:2010.09931",
        _HE,
        families.smelu,
        layer="SmeLU",
        arguments={"beta": Argument(1.0, 0.0, True, "half the width of the parabola")},
    ),
    _entry(
        "elu",
        "z if z > 0 else alpha * (exp(z) - 1)",
        "Clevert et al. 2016, Exponential Linear Units, arXiv:1511.07289",
        _HE,
        families.elu,
        layer="ELU",
        arguments={"alpha": Argument(1.0, 0.0, True, "-alpha is the limit for z -> -inf; f' jumps at 0 unless 1")},
    ),
    _entry(
        "celu",
        "z if z > 0 else alpha * (exp(z / alpha) - 1)",
        "Barron 2017, Continuously Differentiable Exponential Linear Units, arXiv:1704.07483",
        _HE,
        families.celu,
        layer="CELU",
        arguments={"alpha": Argument(1.0, 0.0, True, "-alpha is the limit for z -> -inf; f' never jumps")},
    ),
    _entry(
        "selu",
        "1.0507 * (z if z > 0 else 1.6733 * (exp(z) - 1))",
        "Klambauer et al. 2017, Self-Normalizing Neural Networks, arXiv:1706.02515",
        _LECUN,
        families.left(
            1.7580993408473766, math.log(families.LOW), math.log(families.FLAT / 1.7580993408473766), 1.0, kinks=(0.0,)
        ),
    ),
    _entry(
        "gelu",
        "z * Phi(z), Phi the normal distribution function",
        "Hendrycks & Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415",
        _HE,
        families.left(1.1289041452, -2.27856069, -3.81037144, 1.5335304410),
        slope_from_input=True,
    ),
    _entry(
        "gelu_tanh",
        "z / 2 * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 * z^3)))",
        "Hendrycks & Gimpel 2016, Gaussian Error Linear Units, arXiv:1606.08415, section 2",
        _HE,
        families.left(1.1289930687, -2.28570007, -3.73734917, 1.5335805214),
        constants={"activation": "piste>gelu_tanh"},
        slope_from_input=True,
    ),
    _entry(
        "silu",
        "z / (1 + exp(-beta * z))",
        "Elfwing et al. 2018, arXiv:1702.03118; as Swish: Ramachandran et al. 2017, arXiv:1710.05941",
        _HE,
        families.swish,
        layer="Swish",
        slope_from_input=True,
        arguments={"beta": Argument(1.0, 0.0, True, "1 is SiLU, large values come close to ReLU")},
        aliases=("swish",),
    ),
    _entry(
        "parametric_swish",
        "z / (1 + exp(-b * z)), b learned from beta (one a unit, in images one a channel)",
        "Ramachandran et al. 2017, Searching for Activation Functions, arXiv:1710.05941",
        _HE,
        families.swish,
        layer="ParametricSwish",
        slope_from_input=True,
        arguments={"beta": Argument(1.0, 0.0, True, "b before training")},
    ),
    _entry(
        "mish",
        "z * tanh(log(1 + exp(z)))",
        "Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function, arXiv:1908.08681",
        _HE,
        families.left(1.0884981613, -3.98125149, -8.98521373, 1.4868475810),
        slope_from_input=True,
    ),
    _entry(
        "hard_swish",
        "z * min(max(z + 3, 0), 6) / 6",
        "Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
        _HE,
        families.left(1.5, -3.0, -3.0, 1.7366572125, kinks=(-3.0, 3.0)),
        slope_from_input=True,
        aliases=("hard_silu",),
    ),
]

_BY_NAME: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(_BY_NAME)
"""Every activation by name, those registered at run time included; aliases are not keys."""


def names() -> list[str]:
    """All names and aliases that `find` knows."""
    return [name for entry in ACTIVATIONS.values() for name in (entry.name, *entry.aliases)]


def find(name: str) -> Activation:
    """The entry of a name or alias.

    Raises:
        ValueError: There is none; the message offers the nearest.

    Example:
        >>> find("swish").name
        'silu'
    """
    for entry in ACTIVATIONS.values():
        if name == entry.name or name in entry.aliases:
            return entry
    raise ValueError(
        f"`activation` must be one of {', '.join(ACTIVATIONS)}. Received: `{name}`.{did_you_mean(name, names())}"
    )


def add(entry: Activation) -> None:
    """Adds an entry for this process; `piste.register_activation` is the public way.

    Raises:
        ValueError: A name is taken.
    """
    for name in (entry.name, *entry.aliases):
        if name == SOFTMAX or name in names():
            raise ValueError(f"The activation name `{name}` is taken. Choose another name.")
    _BY_NAME[entry.name] = entry
