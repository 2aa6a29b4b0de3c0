"""Seeds and generators as arguments of calls."""

from __future__ import annotations

from collections.abc import Callable

from reprolint.core.diagnostic import Finding
from reprolint.core.place import Place, Span

from .conftest import code, planned, repaired

Check = Callable[..., None]
GENERATOR = "unseeded-generator"


def test_a_generator_takes_the_seed_in_scope(becomes: Check) -> None:
    becomes(
        """
        import numpy as np


        def noise(shape, seed=0):
            rng = np.random.default_rng()
            return rng.random(shape)


        print(noise(3))
        """,
        """
        import numpy as np


        def noise(shape, seed=0):
            rng = np.random.default_rng(seed)
            return rng.random(shape)


        print(noise(3))
        """,
        GENERATOR,
    )


def test_none_is_replaced_where_it_stands(becomes: Check) -> None:
    becomes(
        "import numpy as np\n\nSEED = 4\nrng = np.random.default_rng(seed=None)  # ours\nprint(rng.random())\n",
        "import numpy as np\n\nSEED = 4\nrng = np.random.default_rng(seed=SEED)  # ours\nprint(rng.random())\n",
        GENERATOR,
    )


def test_the_attribute_of_an_object_is_a_seed(becomes: Check) -> None:
    before = """
    import numpy as np


    class Sampler:
        def __init__(self, seed):
            self.seed = seed

        def build(self):
            return np.random.default_rng()


    print(Sampler(1).build().random())
    """
    becomes(before, before.replace("default_rng()", "default_rng(self.seed)"), GENERATOR)


def test_a_generator_built_again_and_again_is_only_shown() -> None:
    text = """
    import numpy as np

    for epoch in range(3):
        rng = np.random.default_rng()
        print(rng.random())
    """
    ((_, fix),) = planned({"main.py": code(text).encode()}, [GENERATOR])
    assert fix is not None
    assert fix.safety == "display"


def test_a_function_that_knows_no_seed_gets_a_number() -> None:
    files = {
        "main.py": b"from split import halves\n\nprint(halves([1, 2, 3, 4]))\n",
        "split.py": b"from sklearn.model_selection import train_test_split\n\n\n"
        b"def halves(items):\n    return train_test_split(items, test_size=0.5)\n",
    }
    result = repaired(files, "missing-random-state")
    assert "train_test_split(items, test_size=0.5, random_state=0)" in result.text("split.py")


def _given(call: str, argument: str = "random_state", position: str = "") -> str:
    """A call at the end of a file with a seed, after the argument is added."""
    from reprolint.fixes.apply import rewrite

    data = f"SEED = 1\n{call}".encode()
    rows = call.split("\n")
    span = Span(2, 1, len(rows) + 1, len(rows[-1]) + 1)
    remedy = {"argument": argument, "position": position}
    finding = Finding("missing-random-state", Place("main.py", span), remedy=remedy)
    ((_, fix),) = planned({"main.py": data}, findings=[finding])
    return rewrite(data, fix.edits).decode().removeprefix("SEED = 1\n") if fix is not None else "nothing"


def test_the_style_of_the_call_is_kept() -> None:
    assert _given("f()") == "f(random_state=SEED)"
    assert _given("f(a, b=1)") == "f(a, b=1, random_state=SEED)"
    assert _given("f(a, b=(1))") == "f(a, b=(1), random_state=SEED)"
    assert _given("f(\n    a,\n    b=1,  # one\n)") == "f(\n    a,\n    b=1,  # one\n    random_state=SEED,\n)"
    assert _given("f(\n    a,\n    b=1  # one\n)") == "f(\n    a,\n    b=1,  # one\n    random_state=SEED\n)"
    assert _given("f(\n    a, b=1\n)") == "f(\n    a, b=1, random_state=SEED\n)"
    assert _given("f(a,)") == "f(a, random_state=SEED)"
    assert _given("f(b = 1)") == "f(b = 1, random_state = SEED)"
    assert _given("f(b=1)", "seed", "0") == "f(b=1, seed=SEED)"
    assert _given("f(None)", "seed", "0") == "f(SEED)"


def test_a_long_call_is_wrapped() -> None:
    short = "function(aaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbb=1, ccccccccc=2)"
    assert _given(short) == f"function(\n    {short[9:-1]}, random_state=SEED\n)"
    call = "f(aaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbb=1, cccccccccccccccccc=2)"
    lines = [*call[2:-1].split(", "), "random_state=SEED"]
    assert _given(call) == "f(\n" + "".join(f"    {line},\n" for line in lines) + ")"


def test_hidden_arguments_are_not_overridden() -> None:
    assert _given("f(**options)") == "nothing"
    assert _given("f(random_state=chosen)") == "nothing"


def test_a_loader_gets_a_generator(becomes: Check) -> None:
    before = """
    import argparse

    from torch import Generator, manual_seed, rand
    from torch.utils.data import DataLoader

    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    manual_seed(args.seed)
    print(rand(3))
    data = DataLoader(range(9), shuffle=True, num_workers=2)
    print(Generator, list(data))
    """
    inside = "range(9), shuffle=True, num_workers=2"
    after = before.replace(inside, f"\n        {inside}, generator=Generator().manual_seed(args.seed)\n    ")
    becomes(before, after, "loader-without-generator")


def test_a_loader_without_a_seed_in_scope_is_left_alone(stays: Check) -> None:
    stays(
        "from torch.utils.data import DataLoader\n\nprint(list(DataLoader(range(9), shuffle=True, num_workers=2)))\n",
        "loader-without-generator",
    )


def test_a_seed_that_may_be_left_out_on_purpose_is_not_passed_on(stays: Check) -> None:
    stays(
        """
        import numpy as np


        def build(seed=None):
            if seed is not None:
                return np.random.default_rng(seed)
            print("other numbers each time")
            return np.random.default_rng()


        print(build().random())
        """,
        GENERATOR,
    )
