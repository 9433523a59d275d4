"""Writes docs/activations.md from the table: `python -m piste.models.activations.document`."""

from piste.models.activations.facts import Activation, Tail
from piste.models.activations.table import ACTIVATIONS

_HEAD = """# Activations

<!-- Made by `python -m piste.models.activations.document > docs/activations.md`; edit that module or the table. -->

One table holds what Piste knows about an activation f; models, `initializer: auto`, the monitors and this page
read it. In a config the name alone takes the defaults, a map sets arguments:

```yaml
model:
  type: mlp
  activation: {type: leaky_relu, negative_slope: 0.01}
  initializer: auto    # the matched one
```

Changing `activation` changes every hidden activation and its matched initialiser, and nothing else: an
activation is always a layer of its own, `<layer>_act`, and each layer's seed is a hash of (seed, layer name, role).
`softmax` may be given to a layer of `layers:`, for the end of a classifier; it is no row, having no slope a unit.
"""

_FACTS = """
## Facts of the slope

- **sup** is the least upper bound of |f'|. **Saturates** names the sides on which f' tends to 0.
- **Low** is where |f'| stays under 5 % of sup, **flat** where it stays under 0.001; the monitors' rules for
  saturated and dead units use these marks.
- **Jumps** lists the z at which f' jumps: none means that f is smooth (or at least once differentiable).
- **Read from** is what the monitors need for f'(z): the output h = f(z) where that is enough, else the input z.
- **Gain** is 1 / sqrt(E[f(z)^2]) for z ~ N(0, 1): weights of variance gain^2 / fan_in keep the second moment
  of pre-activations from layer to layer; `piste moments` [shows it](moments.md) in deep stacks.

Where there are arguments, the row is for their defaults; `ACTIVATIONS["elu"].facts(alpha=0.5)` gives others.
"""

_PICTURES = """
## Pictures

f in green and its slope in red, for default arguments, drawn by
`python -m piste.models.activations.pictures docs/images/activations`. The shades are the marks **low** and **flat** of
the table above, where they lie between -10 and 10: there a unit learns little or nothing.
"""

_TAIL = """
## Notes

- ELU with `alpha` other than 1 has a kink at 0; CELU has the same limit -alpha and none.
- PReLU starts at slope 0.25, as its paper does; `keras.layers.PReLU()` starts at 0. It learns one slope a unit,
  and in images one a channel.
- LeakyReLU's default is that of `activation="leaky_relu"` in Keras, 0.2; Keras's *layer* defaults to 0.3.
- SELU keeps its promise with `lecun_normal`, standardized inputs and `alpha_dropout` in place of `dropout`.
- `gelu_tanh` and `celu` are Piste's own: Keras's tanh form of GELU has NaN gradients in float16 beyond |z| = 256,
  and its CELU has slope 2 at exactly 0 under TensorFlow.

## One's own

```python
import keras
import piste


def squared_relu(z):
    return keras.ops.square(keras.ops.relu(z))


entry = piste.register_activation("squared_relu", squared_relu, initializer="he_normal", formula="max(z, 0)^2")
print(entry.facts().saturates)  # left
```

Its facts are measured on a grid and its slope is had by differentiation. The name works in every config that the
same process reads.
"""


def page() -> str:
    """The page as Markdown."""
    formulas = _table(
        ["name", "f(z)", "arguments", "initializer", "paper"],
        [[_names(a), f"`{a.formula}`", _arguments(a), f"`{a.initializer['type']}`", a.paper] for a in _rows()],
    )
    facts = _table(
        ["name", "sup", "saturates", "low", "flat", "jumps", "read from", "gain"],
        [_facts(a) for a in _rows()],
    )
    return f"{_HEAD}\n{formulas}{_FACTS}\n{facts}{_PICTURES}\n{_pictures()}{_TAIL}"


def _rows() -> list[Activation]:
    return list(ACTIVATIONS.values())


def _names(entry: Activation) -> str:
    return ", ".join(f"`{name}`" for name in (entry.name, *entry.aliases))


def _arguments(entry: Activation) -> str:
    found = []
    for key, argument in entry.arguments.items():
        limit = "" if argument.minimum is None else f"{'>' if argument.exclusive else '>='} {argument.minimum:g}, "
        found.append(f"`{key}` ({limit}default {argument.default:g}): {argument.doc}")
    return "; ".join(found)


def _facts(entry: Activation) -> list[str]:
    facts = entry.facts()
    jumps = ", ".join(f"{z:g}" for z in facts.kinks)
    return [
        f"`{entry.name}`",
        f"{facts.supremum:.4g}",
        facts.saturates,
        _tail(facts.low),
        _tail(facts.flat),
        jumps or "none",
        "h" if entry.slope_from == "output" else "z",
        f"{facts.gain:.4f}",
    ]


def _pictures() -> str:
    shown = [f"![{name} and its slope](images/activations/{name}.svg)" for name in ACTIVATIONS]
    first, *rest = [[*shown[at : at + 2], ""][:2] for at in range(0, len(shown), 2)]
    return _table(first, rest)


def _tail(tail: Tail) -> str:
    left = [] if tail.left is None else [f"z < {tail.left:.4g}"]
    right = [] if tail.right is None else [f"z > {tail.right:.4g}"]
    return ", ".join(left + right) or "never"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    print(page(), end="")
