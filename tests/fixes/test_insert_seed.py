"""Where a seed goes, and which one."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import code, planned, repaired

Check = Callable[..., None]
RULE = "unseeded-stream"


def test_an_option_that_nobody_reads_becomes_the_seed(becomes: Check) -> None:
    becomes(
        """
        import argparse

        import numpy as np


        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--seed", type=int, default=0)
            args = parser.parse_args()
            print(args)
            print(np.random.rand(3))


        if __name__ == "__main__":
            main()
        """,
        """
        import argparse

        import numpy as np


        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--seed", type=int, default=0)
            args = parser.parse_args()
            np.random.seed(args.seed)
            print(args)
            print(np.random.rand(3))


        if __name__ == "__main__":
            main()
        """,
        RULE,
    )


def test_streams_stand_together_in_a_fixed_order(becomes: Check) -> None:
    becomes(
        """
        import random

        import numpy as np
        import torch

        SEED = 7


        def main():
            \"\"\"Train.\"\"\"
            weights = torch.randn(3)
            print(weights, np.random.rand(3), random.random())


        if __name__ == "__main__":
            main()
        """,
        """
        import random

        import numpy as np
        import torch

        SEED = 7


        def main():
            \"\"\"Train.\"\"\"
            random.seed(SEED)
            np.random.seed(SEED)
            torch.manual_seed(SEED)
            weights = torch.randn(3)
            print(weights, np.random.rand(3), random.random())


        if __name__ == "__main__":
            main()
        """,
        RULE,
    )


def test_a_script_without_a_seed_gets_one_constant(becomes: Check) -> None:
    becomes(
        """
        # Draw some numbers.
        import random
        import numpy as np

        EPOCHS = 3

        for epoch in range(EPOCHS):
            print(random.random(), np.random.rand())
        """,
        """
        # Draw some numbers.
        import random
        import numpy as np

        EPOCHS = 3
        SEED = 0

        random.seed(SEED)
        np.random.seed(SEED)

        for epoch in range(EPOCHS):
            print(random.random(), np.random.rand())
        """,
        RULE,
    )


def test_a_missing_import_takes_its_place_and_the_alias_of_the_project(becomes: Check) -> None:
    becomes(
        """
        import argparse
        import sys

        import torch

        from noise import noise

        seed = 3
        print(noise(), torch.zeros(1), argparse, sys)
        """,
        """
        import argparse
        import sys

        import numpy as np
        import torch

        from noise import noise

        seed = 3
        np.random.seed(seed)
        print(noise(), torch.zeros(1), argparse, sys)
        """,
        RULE,
        extra={"noise.py": "import numpy as np\n\n\ndef noise():\n    return np.random.rand()\n"},
    )


def test_a_helper_that_forgets_a_stream_is_completed(becomes: Check) -> None:
    helper = """
    import random

    import numpy as np
    import torch


    def set_seed(value):
        random.seed(value)  # Python
        torch.manual_seed(value)
    """
    files = {
        "main.py": "import numpy as np\n\nfrom tools import set_seed\n\nset_seed(1)\nprint(np.random.rand())\n",
        "tools.py": code(helper),
    }
    result = repaired({name: text.encode() for name, text in files.items()}, "seed-not-covering")
    assert result.text() == files["main.py"]
    assert "  # Python\n    np.random.seed(value)\n    torch.manual_seed(value)\n" in result.text("tools.py")


def test_a_helper_that_comes_later_is_left_alone() -> None:
    main = """
    import numpy as np
    import torch

    from tools import set_seed

    noise = np.random.rand(3)
    set_seed(1)
    print(noise, torch.rand(3))
    """
    tools = "import torch\n\n\ndef set_seed(value):\n    torch.manual_seed(value)\n"
    result = repaired({"main.py": code(main).encode(), "tools.py": tools.encode()}, RULE)
    assert result.text("tools.py") == tools
    assert result.text().index("np.random.seed(SEED)") < result.text().index("noise =")


def test_the_parameter_of_the_function_is_the_seed(becomes: Check) -> None:
    becomes(
        """
        import random


        def train(seed, steps):
            # what we start from
            first = random.random()
            return first, steps


        if __name__ == "__main__":
            train(5, 10)
        """,
        """
        import random


        def train(seed, steps):
            random.seed(seed)
            # what we start from
            first = random.random()
            return first, steps


        if __name__ == "__main__":
            train(5, 10)
        """,
        RULE,
    )


def test_a_configuration_object_is_read(becomes: Check) -> None:
    before = """
    from dataclasses import dataclass
    from random import shuffle
    import random as rnd


    @dataclass
    class Config:
        lr: float = 0.1
        seed: int = 42


    def main():
        cfg = Config()
        order = list(range(3))
        shuffle(order)
        print(order, cfg.lr)


    if __name__ == '__main__':
        main()
    """
    after = before.replace("cfg = Config()\n", "cfg = Config()\n        rnd.seed(cfg.seed)\n")
    becomes(before, after, RULE)


def test_an_option_without_default_gets_one(becomes: Check) -> None:
    before = """
    import argparse
    import random


    def main():
        parser = argparse.ArgumentParser()
        parser.add_argument("--seed", type=int)
        args = parser.parse_args()
        random.seed(args.seed)
        print(random.random())


    if __name__ == "__main__":
        main()
    """
    becomes(before, before.replace("type=int)", "type=int, default=0)"), "seed-disabled")


def test_a_clock_as_a_seed_is_not_repaired_by_another_seed(stays: Check) -> None:
    stays("import random\nimport time\n\nrandom.seed(time.time())\nprint(random.random())\n", RULE)


def test_a_name_that_means_something_else_is_not_shadowed(becomes: Check) -> None:
    becomes(
        """
        from numpy import random

        from draws import draw

        print(random.__name__, draw())
        """,
        """
        import random as random_module

        from numpy import random

        from draws import draw

        SEED = 0

        random_module.seed(SEED)

        print(random.__name__, draw())
        """,
        RULE,
        extra={"draws.py": "from random import randint\n\n\ndef draw():\n    return randint(0, 9)\n"},
    )


def test_a_late_seeding_moves_up_with_its_comment(becomes: Check) -> None:
    becomes(
        """
        import torch

        SEED = 1

        model = torch.nn.Linear(2, 2)
        model(torch.zeros(2)).sum().backward()

        # repeatable
        torch.manual_seed(SEED)
        print(torch.rand(1))
        """,
        """
        import torch

        SEED = 1

        # repeatable
        torch.manual_seed(SEED)

        model = torch.nn.Linear(2, 2)
        model(torch.zeros(2)).sum().backward()

        print(torch.rand(1))
        """,
        "late-seeding",
    )


def test_a_late_helper_call_moves_below_what_it_reads(becomes: Check) -> None:
    extra = {"tools.py": "import random\n\n\ndef set_seed(seed):\n    random.seed(seed)\n"}
    becomes(
        """
        import argparse
        import random

        from tools import set_seed


        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--seed", type=int, default=0)
            args = parser.parse_args()
            order = random.sample(range(9), 3)
            set_seed(args.seed)
            print(order, random.random())


        if __name__ == "__main__":
            main()
        """,
        """
        import argparse
        import random

        from tools import set_seed


        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--seed", type=int, default=0)
            args = parser.parse_args()
            set_seed(args.seed)
            order = random.sample(range(9), 3)
            print(order, random.random())


        if __name__ == "__main__":
            main()
        """,
        "late-seeding",
        extra=extra,
    )


def test_tabs_and_single_quotes_are_kept(becomes: Check) -> None:
    becomes(
        "import random\n\nif __name__ == '__main__':\n\tprint(random.random())\n",
        "import random\n\nSEED = 0\n\nif __name__ == '__main__':\n\trandom.seed(SEED)\n\tprint(random.random())\n",
        RULE,
    )


def test_a_guard_of_one_line_is_left_alone(stays: Check) -> None:
    stays("import random\n\nif __name__ == '__main__': print(random.random())\n", RULE)


def test_the_guard_is_better_than_the_first_of_several_functions(becomes: Check) -> None:
    before = """
    import random


    def one():
        return random.random()


    def two():
        return random.random()


    if __name__ == "__main__":
        print(one())
        print(two())
    """
    after = before.replace("import random\n", "import random\n\n    SEED = 0\n", 1).replace(
        '__main__":\n', '__main__":\n        random.seed(SEED)\n'
    )
    becomes(before, after, RULE)


def test_numbers_that_change_are_never_called_safe() -> None:
    files = {"main.py": b"import random\n\nprint(random.random())\n"}
    ((_, fix),) = planned(files, [RULE])
    assert fix is not None
    assert (fix.safety, bool(fix.reason)) == ("unsafe", True)
    assert repaired(files, RULE, unsafe=False).files == files


def test_a_name_that_is_local_further_down_is_not_used_before(stays: Check) -> None:
    stays(
        """
        import torch

        from draws import draw


        def main():
            value = draw()
            import torch

            return torch.zeros(1) + value


        if __name__ == "__main__":
            main()
        """,
        RULE,
        extra={"draws.py": "import torch\n\n\ndef draw():\n    return torch.rand(1)\n"},
    )
