"""All recipes."""

from fnmatch import fnmatchcase
from types import ModuleType

from benchmarks.diagnosis import cnn, healthy_deep, healthy_mlp, healthy_training, mlp, recurrent, residual, steps
from benchmarks.diagnosis.recipe import Recipe

MODULES: tuple[ModuleType, ...] = (
    mlp, steps, cnn, recurrent, residual, healthy_mlp, healthy_training, healthy_deep,
)  # fmt: skip


def suite(pattern: str = "*") -> list[Recipe]:
    """Lists the recipes whose name matches a pattern, the faulty first."""
    recipes = [value for module in MODULES for value in vars(module).values() if isinstance(value, Recipe)]
    return [recipe for recipe in recipes if fnmatchcase(recipe.name, pattern)]
