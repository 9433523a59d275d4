import pytest

from piste.models.seeds import layer_seed


@pytest.mark.parametrize(
    ("seed", "path", "role", "digest"),
    [  # printf %s SEED/PATH/ROLE | b2sum -l 32
        (42, "dense_1", "kernel", 0xA519E776),
        (0, "dense_1", "kernel", 0xBB25A826),
        (2**32 - 1, "é", "noise", 0xFB1E692F),
    ],
)
def test_golden_values(seed: int, path: str, role: str, digest: int) -> None:
    assert layer_seed(seed, path, role) == digest - 2**31


def test_seeds_are_in_range_and_differ() -> None:
    seeds = [layer_seed(s, f"dense_{i}", role) for s in range(5) for i in range(50) for role in ("kernel", "noise")]
    assert len(set(seeds)) == 500
    assert all(0 <= seed < 2**31 for seed in seeds)
