"""A choice written as an option of a command: a name, or a map in YAML's flow style."""

from piste.pipelines.config.components import Component, read_component
from piste.pipelines.config.faults import Faults
from piste.pipelines.config.nodes import Entry, Mapping, Mark, Scalar, plain_data
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.reader import compose
from piste.pipelines.config.source import Source
from piste.pipelines.config.validate import problem
from piste.pipelines.errors import UsageError


class OptionProblems(ConfigProblems):
    """Everything that is wrong with an option's value, which is wrong usage and no wrong config."""

    exit_code = UsageError.exit_code


def read_choice(option: str, kind: str, text: str, special: tuple[str, ...] = ()) -> Component:
    """Reads the value of an option as a config reads it.

    Args:
        option: its name, as in "--activation".
        kind: a kind of the catalog, as in "activations".
        text: the value.
        special: further names without arguments, as in "auto".

    Raises:
        OptionProblems: the text is no YAML, or not what the catalog knows.

    Example:
        >>> read_choice("--activation", "activations", "{type: elu, alpha: 0.5}").plain()
        {'type': 'elu', 'alpha': 0.5}
    """
    source = Source(option, text, inline=True)
    key = option.removeprefix("--")
    try:
        node = compose(source) or Scalar("", True, Mark(source, 1, 1))
    except ConfigProblems as error:
        raise OptionProblems(error.problems) from None
    try:
        return read_component(kind, plain_data(node), special)
    except Faults as error:
        tree = Mapping({key: Entry(Scalar(key, True, node.mark), node)}, node.mark)
        raise OptionProblems(problem(tree, fault.under(key)) for fault in error.faults) from None
