"""Programs of hostile shapes and sizes are linked within limits, and what is found in them is right all the same."""

from __future__ import annotations

import pytest

from .bounded import Outcome, bounded

DRAW = "`numpy.random.rand` draws from the unseeded `numpy` stream"
HEAD = "import random\nimport numpy as np\nimport torch\n\n"


def script(text: str, head: str = HEAD) -> dict[str, str]:
    return {"main.py": head + text}


def rows(outcome: Outcome, rule: str = "unseeded-stream") -> list[str]:
    """Where a rule fires, without its message."""
    return [item.partition(" [")[0] for item in outcome.of(rule)]


# Recursion


def test_a_function_that_calls_itself_seeds_for_whoever_calls_it() -> None:
    text = "def down(n):\n    np.random.seed(3)\n    if n:\n        down(n - 1)\n\n\ndown(4)\nnp.random.rand()\n"
    assert bounded(script(text)).findings == []


def test_a_function_that_calls_itself_draws() -> None:
    text = "def down(n):\n    if n:\n        down(n - 1)\n    return np.random.rand()\n\n\ndown(4)\n"
    assert bounded(script(text)).findings == [f"main.py: main.py:7 [unseeded-stream] {DRAW}"]


def test_functions_that_call_one_another_draw_before_one_of_them_seeds() -> None:
    text = (
        "def even(n):\n    np.random.rand()\n    return odd(n - 1) if n else 0\n\n\n"
        "def odd(n):\n    np.random.seed(3)\n    return even(n - 1) if n else 0\n\n\neven(4)\n"
    )
    outcome = bounded(script(text))  # one place draws before the seeding and after it
    assert [item.split("[")[1].split("]")[0] for item in outcome.findings] == ["late-seeding"]


def test_functions_that_call_one_another_after_a_seeding_are_silent() -> None:
    text = (
        "def even(n):\n    np.random.rand()\n    return odd(n - 1) if n else 0\n\n\n"
        "def odd(n):\n    np.random.rand()\n    return even(n - 1) if n else 0\n\n\nnp.random.seed(3)\neven(4)\n"
    )
    assert bounded(script(text)).findings == []


def test_a_function_that_is_handed_to_itself() -> None:
    text = "def again(f, n):\n    if n:\n        return f(f, n - 1)\n    return np.random.rand()\n\n\nagain(again, 4)\n"
    assert rows(bounded(script(text))) == ["main.py: main.py:7"]


def test_three_files_that_import_one_another() -> None:
    names = ("one", "two", "three")
    files = {
        f"{name}.py": f"import numpy as np\nimport {other}\n\n\ndef {name}(n):\n    return {other}.{other}(n - 1)"
        f" if n else {name}_draw()\n\n\ndef {name}_draw():\n    return np.random.rand()\n"
        for name, other in zip(names, (*names[1:], names[0]), strict=True)
    }  # fmt: skip
    outcome = bounded({**files, "main.py": "import one\n\none.one(5)\n"})
    assert outcome.findings == [f"main.py: main.py:3 [unseeded-stream] {DRAW}"]


def test_many_ways_to_a_draw_that_a_helper_seeds_are_one_way() -> None:
    layers = "".join(f"def level{number}(n):\n" + f"    level{number - 1}(n)\n" * 4 + "\n\n" for number in range(1, 12))
    text = "def level0(n):\n    np.random.seed(n)\n    np.random.rand()\n\n\n" + layers + "level11(None)\n"
    outcome = bounded(script(text))  # by 4^11 chains of calls
    assert [item.split("[")[1].split("]")[0] for item in outcome.findings] == ["seed-disabled"]


# Dynamic dispatch: of more candidates than are followed the first ones stand for all


def test_fifty_functions_in_a_dictionary() -> None:
    functions = "".join(f"def f{n}():\n    return np.random.rand() + {n}\n\n\n" for n in range(50))
    table = "TABLE = {" + ", ".join(f"'f{n}': f{n}" for n in range(50)) + "}\n"
    outcome = bounded(script(functions + table + "import sys\nTABLE[sys.argv[1]]()\n"))
    assert rows(outcome) == ["main.py: main.py:6"]
    some = bounded(script(functions + "TABLE = {'f7': f7, 'f8': f8}\nTABLE['f7']()\n"))
    assert rows(some) == ["main.py: main.py:34"]


def test_fifty_classes_in_a_registry() -> None:
    registry = (
        "TABLE = {}\n\n\ndef register(name):\n    def wrap(cls):\n"
        "        TABLE[name] = cls\n        return cls\n    return wrap\n"
    )
    classes = "".join(
        f"@register('c{n}')\nclass C{n}:\n    def go(self):\n        return np.random.rand() + {n}\n\n\n"
        for n in range(50)
    )
    files = {"registry.py": registry, "classes.py": f"{HEAD}from registry import register\n\n\n{classes}"}
    main = "import sys\nimport classes\nfrom registry import TABLE\n\nTABLE[sys.argv[1]]().go()\n"
    assert rows(bounded({**files, "main.py": main})) == ["main.py: main.py:5"]


def test_fifty_overrides_called_through_self() -> None:
    base = (
        "class Base:\n    def run(self):\n        return self.step()\n\n"
        "    def step(self):\n        raise NotImplementedError\n\n\n"
    )
    classes = "".join(
        f"class C{n}(Base):\n    def step(self):\n        return np.random.rand()\n\n\n" for n in range(50)
    )
    built = "".join(f"C{n}().run()\n" for n in range(50))
    outcome = bounded(script(base + classes + built))
    assert rows(outcome) == ["main.py: main.py:263"]
    one = bounded(script(base + classes + "C7().run()\n"))
    assert rows(one) == ["main.py: main.py:263"]


# Depth


def chain(count: int, files: int) -> dict[str, str]:
    """`f0 -> f1 -> ...`: the first seeds numpy and python, the last draws from numpy and torch."""
    each = count // files
    result = {}
    for number in range(files):
        last = (number + 1) * each
        lines = [HEAD] + ([f"from part{number + 1} import f{last}\n"] if last < count else [])
        for index in range(number * each, last):
            body = f"return f{index + 1}()" if index + 1 < count else "return np.random.rand() + torch.rand(1)"
            first = "    np.random.seed(3)\n    random.seed(3)\n" if index == 0 else ""
            lines.append(f"\n\ndef f{index}():\n{first}    {body}\n")
        result[f"part{number}.py"] = "".join(lines)
    return {**result, "main.py": "from part0 import f0\n\nf0()\n"}


@pytest.mark.parametrize("files", [1, 100])
def test_a_chain_of_ten_thousand_functions(files: int) -> None:
    (found,) = bounded(chain(10_000, files)).findings
    assert "`torch.rand`" in found and "`torch`" in found
    assert "numpy.random.rand" not in found


def test_a_parameter_that_is_handed_through_sixty_functions() -> None:
    through = "".join(f"def g{n}(seed, f):\n    return g{n + 1}(seed, f)\n\n\n" for n in range(60))
    last = "def g60(seed, f):\n    np.random.seed(seed)\n    return f()\n\n\n"
    last += "def draw():\n    return np.random.rand()\n\n\n"
    assert bounded(script(through + last + "g0(3, draw)\n")).findings == []
    outcome = bounded(script(through + last + "g0(None, draw)\n"))
    assert rows(outcome, "seed-disabled") == ["main.py: main.py:246"] and len(outcome.findings) == 1
    (found,) = bounded(script(through + last + "g0(3, torch.rand)\ng0(3, lambda: torch.rand(2))\n")).findings
    assert "[unseeded-stream]" in found and "`torch`" in found


def test_a_hundred_levels_of_classes() -> None:
    base = "class C0:\n    def go(self):\n        return np.random.rand()\n\n\n"
    levels = "".join(
        f"class C{n}(C{n - 1}):\n    def go(self):\n        return super().go()\n\n\n" for n in range(1, 101)
    )
    assert rows(bounded(script(base + levels + "C9().go()\n"))) == ["main.py: main.py:510"]
    assert rows(bounded(script(base + levels + "C100().go()\n"))) == ["main.py: main.py:510"]
    plain = "".join(f"class C{n}(C{n - 1}):\n    pass\n\n\n" for n in range(1, 101))
    assert rows(bounded(script(base + plain + "C20().go()\n"))) == ["main.py: main.py:410"]
    assert bounded(script(base + plain + "C100().go()\n")).findings == []  # unknown: 24 bases are looked through


def test_a_diamond() -> None:
    text = (
        "class Top:\n    def go(self):\n        pass\n\n\nclass Left(Top):\n    pass\n\n\n"
        "class Right(Top):\n    def go(self):\n        return np.random.rand()\n\n\n"
        "class Both(Left, Right):\n    pass\n\n\nBoth().go()\n"
    )
    assert rows(bounded(script(text))) == ["main.py: main.py:23"]


# Values that contain themselves


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\nx = [x]\nx.append(x)\nfor f in x:\n    f()\nx[0][0]()\n",
        "x = {}\nx['x'] = x\nx['x']['x']()\nfor key in x:\n    x[key](x)\n",
        "a = b\nb = a\na()\nb.c()\n",
        "import main\nfrom main import a as b, b as a\na()\nmain.main.main.a()\n",
        "def f(x=None):\n    return f\n\n\ndef g(x=f()):\n    return g()\n\n\nf()()()()(g)()\ng(g)()\n",
        "class A:\n    def __init__(self, other=None):\n        self.a = self\n        self.b = other or A(self)\n\n"
        "    def go(self):\n        return self.a.b.a.b.go()\n\n\nA().a.a.b.b.go()\n",
        "class A(B):\n    pass\n\n\nclass B(A):\n    pass\n\n\nclass C(C):\n    pass\n\n\nA().go()\nC().go()\n",
        "def f(**options):\n    options['options'] = options\n    return f(**options)\n\n\nf(**{'f': f})\n",
        "f = lambda g=lambda: f: g()\nf()()()\n",
    ],
)  # fmt: skip
def test_a_value_that_contains_itself(text: str) -> None:
    assert rows(bounded(script("np.random.rand()\n" + text))) == ["main.py: main.py:5"]


def test_star_imports_in_a_circle() -> None:
    names = ("one", "two", "three")
    files = {
        f"{name}.py": f"from {other} import *\nfrom numpy.random import *\n\n\n"
        f"def {name}(n=0):\n    return {other}() if n else 0\n"
        for name, other in zip(names, (*names[1:], names[0]), strict=True)
    }
    files["three.py"] += "\n\ndef draw():\n    import numpy as np\n    return np.random.rand()\n"
    outcome = bounded({**files, "main.py": "from one import *\nfrom two import *\n\none()\ndraw()\nunknown()\n"})
    assert rows(outcome) == ["main.py: main.py:5"]


# Size


def test_ten_thousand_calls_of_one_function() -> None:
    text = "def helper(seed, scale=1):\n    if seed is not None:\n        random.seed(seed)\n"
    text += "    return random.random() * scale\n\n\n"
    calls = "".join(f"helper({n}, scale={n})\n" for n in range(10_000))
    (found,) = bounded(script(text + calls + "np.random.rand()\n")).findings
    draw = "`numpy.random.rand` draws from the unseeded `numpy` stream"
    assert found == f"main.py: main.py:10011 [unseeded-stream] {draw}"


def test_a_generated_file_of_twenty_thousand_lines() -> None:
    elifs = "if n == 0:\n    x = 0\n" + "".join(f"elif n == {n}:\n    x = {n}\n" for n in range(1, 1000))
    body = "".join(f"    {line}\n" for line in elifs.splitlines())
    nested = "".join(f"'k{n}': {{'a': {n}, 'b': [{n}, {{'c': 'd{n}'}}]}},\n" for n in range(2000))
    functions = "".join(f"def f{n}(x=None):\n    y = x\n    return f{(n + 1) % 2000}\n\n\n" for n in range(2000))
    text = (
        "import random\n"
        + "".join(f"NAME_{n} = {n}\n" for n in range(3000))
        + "n = random.random()\n" + elifs
        + "TOTAL = " + " + ".join(f"NAME_{n}" for n in range(1000)) + "\n"
        + "TEXT = (" + "\n    + ".join("f'{n}'" for _ in range(1000)) + ")\n"
        + f"TABLE = {{\n{nested}}}\n{functions}"
        + f"def choose(n):\n    x = None\n{body}    return random.random() if x else f0()()()\n\n\nchoose(3)\n"
    )  # fmt: skip
    assert text.count("\n") > 20_000
    outcome = bounded({"main.py": text})
    assert outcome.broken == []
    assert rows(outcome) == ["main.py: main.py:3002"]


def test_three_hundred_entries_share_a_library_of_two_hundred_functions() -> None:
    library = HEAD + "\ndef seed(value=None):\n    np.random.seed(value)\n\n\n"
    library += "def l0(f):\n    return f(np.random.rand())\n"
    library += "".join(f"\n\ndef l{n}(f=None):\n    return l{n // 2}(f)\n" for n in range(1, 200))
    files = {
        f"train{n:03}.py": f"import library\n\n\ndef own(x):\n    return x\n\n\nif __name__ == '__main__':\n"
        f"    library.seed({'None' if n == 7 else n})\n    library.l{n % 200}(own)\n"
        for n in range(300)
    }
    outcome = bounded({"library.py": library, **files})
    assert {item.partition(":")[0] for item in outcome.findings} == {"train007.py"}
    assert len(outcome.findings) == 1


def test_a_hundred_entries_give_seeds_of_their_own_to_one_object() -> None:
    """Each is judged by what it gives itself, however many others there are."""
    library = (
        "import random\n\n\nclass Seeder:\n    def __init__(self, value):\n        self.value = value\n\n"
        "    def go(self):\n        if self.value is not None:\n            random.seed(self.value)\n"
        "        random.random()\n"
    )
    head = "import sys\nfrom library import Seeder\n\nif __name__ == '__main__':\n"
    files = {f"train{n:03}.py": f"{head}    Seeder({n}).go()\n" for n in range(100)}
    files["zz.py"] = f"{head}    if len(sys.argv) > 1:\n        Seeder(3).go()\n    else:\n        Seeder(None).go()\n"
    (found,) = bounded({"library.py": library, **files}).findings
    assert found.startswith("zz.py: zz.py:6 [maybe-unseeded-stream]")
