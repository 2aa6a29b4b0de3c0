"""The digits project and the scripts beside it, repaired as a colleague would."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests_support import make_project

from .conftest import code, repaired

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
needs_torch = pytest.mark.skipif(find_spec("torch") is None or find_spec("sklearn") is None, reason="needs torch")


def _files(folder: Path, names: str = "*.py") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob(names))}


def test_the_seeds_of_the_digits_stand_in_one_block() -> None:
    result = repaired(_files(FIXTURES / "projects" / "digits"))
    assert code(
        """
            args = parse_args()
            random.seed(args.seed)
            np.random.seed(args.seed)
            torch.manual_seed(args.seed)
            device = torch.device(args.device)
            torch.backends.cudnn.benchmark = False
            torch.use_deterministic_algorithms(True)

        """
    ).replace("\n", "\n    ").rstrip() in result.text("train.py")
    assert "import os\nimport random\nimport time\n\nos.environ[" in result.text("train.py")
    assert "    rng = np.random.default_rng(args.seed)\n" in result.text("train.py")
    assert "        generator=torch.Generator().manual_seed(args.seed),\n    )\n" in result.text("train.py")
    assert "for name in sorted(os.listdir(root)):\n" in result.text("data.py")
    assert "words = sorted(set(chain.from_iterable(captions)))\n" in result.text("vocab.py")
    untouched = {"model.py", "transforms.py", "utils.py"}
    before = _files(FIXTURES / "projects" / "digits")
    assert {name for name, data in before.items() if result.files[name] == data} == untouched


def test_safe_fixes_change_no_numbers_of_the_digits() -> None:
    before = _files(FIXTURES / "projects" / "digits")
    after = repaired(before, unsafe=False)
    assert {name for name, data in before.items() if after.files[name] != data} == {"data.py"}


BLOCKS = {
    "plain.py": """
    NOISE = 0.05

    np.random.seed(SEED)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)

    device =""",
    "trainer_class.py": """
    def set_seed(seed: int) -> None:
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
    """,
    "notebook_export.py": """
    from torch import nn

    SEED = 0

    np.random.seed(SEED)
    torch.manual_seed(SEED)

    # ## Data
    """,
}


@pytest.mark.parametrize(("name", "block"), BLOCKS.items())
def test_the_scripts(name: str, block: str) -> None:
    result = repaired(_files(FIXTURES / "scripts", name))
    assert code(block).rstrip() in result.text(name)
    assert [item.rule for item, fix in result.left if fix is not None] == []


@needs_torch
@pytest.mark.slow
def test_the_repaired_digits_still_train(tmp_path: Path) -> None:
    for name, data in repaired(_files(FIXTURES / "projects" / "digits")).files.items():
        (tmp_path / name).write_bytes(data)
    command = [sys.executable, "train.py", "--epochs", "1", "--workers", "0"]
    first, second = (
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert first.splitlines()[-1].startswith("test accuracy ")
    assert first.splitlines()[-1] == second.splitlines()[-1]


def test_in_the_two_steps_of_the_demo_nothing_is_left(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.write(_files(FIXTURES / "projects" / "digits"))
    project.run("check", "--select", "streams", "--select", "data", "--fix", "--unsafe-fixes", ".")
    result = project.run("check", "-q", "--fix", "--unsafe-fixes", ".")
    assert (result.code, result.out) == (0, "")
