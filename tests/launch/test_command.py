"""What a script starts: through launchers, wrappers, functions and variables."""

from __future__ import annotations

import pytest

from .started import launched, line, lines, only


@pytest.mark.parametrize(
    "command",
    [
        "python x.py --seed 1",
        "python3 x.py --seed 1",
        "python3.11 -u -O x.py --seed 1",
        "/usr/bin/python -W ignore -X dev x.py --seed 1",
        ".venv/bin/python -- x.py --seed 1",
        "python -uW ignore x.py --seed 1",
        "python -Xdev x.py --seed 1",
        "python --check-hash-based-pycs always x.py --seed 1",
        "CUDA_VISIBLE_DEVICES=0 python x.py --seed 1",
        "pypy3 x.py --seed 1",
        "ipython x.py --seed 1",
        "nohup python x.py --seed 1 > log 2>&1 &",
        "nohup time nice -n 10 python x.py --seed 1",
        "time python x.py --seed 1",
        "time -p python x.py --seed 1",
        "exec python x.py --seed 1",
        "command python x.py --seed 1",
        "timeout -k 5 1h python x.py --seed 1",
        "taskset -c 0-3 python x.py --seed 1",
        "numactl --cpunodebind=0 -m 0 python x.py --seed 1",
        "stdbuf -oL python x.py --seed 1",
        "sudo -u me python x.py --seed 1",
        "uv run x.py --seed 1",
        "uv run --with numpy --extra gpu python x.py --seed 1",
        "uv run --no-sync -- python x.py --seed 1",
        "poetry run python x.py --seed 1",
        "pipenv run python x.py --seed 1",
        "conda run -n train --no-capture-output python x.py --seed 1",
        "torchrun x.py --seed 1",
        "torchrun --standalone --nproc_per_node=1 x.py --seed 1",
        "python -m torch.distributed.run --nproc-per-node 1 x.py --seed 1",
        "python $(which torchrun) --nnodes 1 --nproc-per-node 1 x.py --seed 1",
        "accelerate launch --num_processes 1 x.py --seed 1",
        "python -m accelerate.commands.launch --num_processes=1 x.py --seed 1",
        "srun python x.py --seed 1",
        "srun -p gpu --gres=gpu:1 -n1 python -u x.py --seed 1",
        "python -m cProfile -o out.prof x.py --seed 1",
        "python -m pdb -c continue x.py --seed 1",
        "coverage run --source pkg x.py --seed 1",
        "python -m coverage run -p x.py --seed 1",
        "kernprof -l -v x.py --seed 1",
        "nsys profile -o report -t cuda python x.py --seed 1",
        "bash -c 'python x.py --seed 1'",
        'sh -c "python x.py --seed 1"',
        "eval python x.py --seed 1",
        "CMD='python x.py --seed 1'; eval $CMD",
        "CMD='python x.py --seed 1'; $CMD",
        "PYTHON=${PYTHON:-python}; $PYTHON x.py --seed 1",
        "ARGS='--seed 1'; python x.py $ARGS",
        'ARGS=(--seed 1); python x.py "${ARGS[@]}"',
        "ARGS=(x.py); ARGS+=(--seed 1); python ${ARGS[*]}",
        'run() { python "$@"; }; run x.py --seed 1',
        "run() { shift; python x.py $*; }; run a --seed 1",
        'set -- x.py --seed 1; python "$@"',
        "(python x.py --seed 1)",
        "{ python x.py --seed 1; }",
        "python x.py --seed 1 | tee log",
        "python x.py --seed 1 2>&1 | tee -a log",
        "OUT=$(python x.py --seed 1)",
        "echo `python x.py --seed 1`",
        'echo "$(python x.py --seed 1)"',
        "python x.py \\\n  --seed \\\n  1",
        "python x.py --seed '1'",
        "python 'x'.py --\"se\"ed 1",
        "mkdir -p out && python x.py --seed 1",
        "source env/bin/activate && python x.py --seed 1",
        "cd . ; python x.py --seed 1",
        "python x.py --seed 1 < /dev/null",
        "for s in 1; do python x.py --seed $s; done",
        "until python x.py --seed 1; do sleep 1; done",
        "while :; do python x.py --seed 1; done",
        "if python x.py --seed 1; then echo ok; fi",
        '[ -z "$1" ] && exit 1; python x.py --seed 1',
        "[ -f x ] || exit 1\npython x.py --seed 1",
        "set -euo pipefail; trap 'echo' EXIT; python x.py --seed 1",
        "docker run --gpus all --rm -it image python x.py --seed 1",
        "singularity exec --nv -B /data image.sif python x.py --seed 1",
    ],
)
def test_x_with_a_seed(command: str) -> None:
    assert lines(command) == ["x.py --seed 1"]


@pytest.mark.parametrize(
    "command",
    [
        "python",
        "python -",
        "python - <<END\nimport x\nEND",
        "python -c 'import x' x.py",
        'python -c "\nimport x\n" --seed 1',
        "python -uc 'x'",
        "python --version",
        "python -V",
        "python <<< 'print()'",
        "# python x.py",
        "echo python x.py",
        "echo 'python x.py'",
        'echo "; python x.py"',
        "cat <<END\npython x.py\nEND",
        "cat <<'END' > run.sh\npython x.py\nEND",
        "which python x.py",
        "command -v python x.py",
        "cp x.py y.py",
        "chmod +x x.py",
        "ls *.py",
        "python *",
        "python $1",
        'python "$@"',
        "$1 $2",
        "if false; then python x.py; fi",
        "while false; do python x.py; done",
        "exit 0\npython x.py",
        "exec true\npython x.py",
        "X='python x.py'",
        "alias t='python x.py'",
        "trap 'python x.py' EXIT",
        "[ python x.py ]",
        "[[ python == x.py ]]",
        "case python in x.py) ;; esac",
        "grep python x.py",
        "source x.py",
        "bash train.sh",
        "sbatch job.sh",
        "torchrun --nproc_per_node 2 $SCRIPT",
        "torchrun --no-python --nproc_per_node 2 bash x.sh",
        "docker run image",
        "env A=b",
        "'python x.py'",
    ],
)
def test_nothing_is_started(command: str) -> None:
    commands = launched(command).commands
    assert [line(item) for item in commands if item.script or item.module] == []
    assert {item.program for item in commands} <= {"sbatch"}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python -m pkg.train --seed 1", "-m pkg.train --seed 1"),
        ("python -mpkg.train", "-m pkg.train"),
        ("python -um pkg.train", "-m pkg.train"),
        ("torchrun -m pkg.train a", "-m pkg.train a"),
        ("torchrun --nproc_per_node 2 --module pkg.train a", "-m pkg.train a"),
        ("accelerate launch -m pkg.train a", "-m pkg.train a"),
        ("uv run -m pkg.train a", "-m pkg.train a"),
        ("python -m pytest tests", "-m pytest tests"),
        ("my-train --seed 1", "!my-train --seed 1"),
        ("uv run my-train", "!my-train"),
        ("fairseq-train data --seed 1", "!fairseq-train data --seed 1"),
        ("CUDA_VISIBLE_DEVICES=0 nohup my-train &", "!my-train"),
        ("./tools/train.py a", "./tools/train.py a"),
        ('python x.py $1 "$2" a$3', "x.py ? ? ?"),
        ('python x.py "$@"', "x.py ?"),
        ("python x.py *.yaml ~/data {1,2}", "x.py ? ? ? ?"),
        ("python x.py a{b}c 'a*' [0] lr=1,2 a?b", "x.py a{b}c a* [0] lr=1,2 a?b"),
        ("python $ROOT/tools/train.py", "?/tools/train.py"),
        ("python ~/train.py", "?/train.py"),
        ("python $OPTIONS train.py", "train.py"),
        ("torchrun $OPTIONS train.py $ARGS", "train.py ?"),
        ("$PYTHON -u train.py a", "train.py a"),
        ("$LAUNCHER python train.py a", "train.py a"),
        ("$LAUNCHER train.py a", "train.py a"),
        ("torchrun --new-option 3 train.py a", "train.py a"),
        ("python setup.py install", "setup.py install"),
        ("python src", "src"),
        ("A='a b'; python x.py \"$A\" $A '' \"\" $NONE", "x.py a b a b   ?"),
        ("for x in a b; do python x.py $x; done", "x.py ?"),
        ("ARGS='-a'; if [ $1 ]; then ARGS=\"$ARGS -b\"; fi; python x.py $ARGS", "x.py -a ?"),
        ("ARGS=(-a); if [ $1 ]; then ARGS+=(-b); fi; python x.py ${ARGS[@]}", "x.py -a ?"),
        ("x() { python x.py $1; }; x a", "x.py a"),
        ("x() { python x.py ${2:-b}; }; x a", "x.py b"),
    ],
)
def test_words(command: str, expected: str) -> None:
    assert lines(command) == [expected]


@pytest.mark.parametrize(
    "command",
    [
        "if [ $1 = a ]; then python x.py; fi",
        "if [ $1 ]; then :; elif [ $1 ]; then python x.py; fi",
        "[ -f x ] && python x.py",
        "make || python x.py",
        "for x in $(ls); do python x.py; done",
        "for x; do python x.py; done",
        "while read x; do python x.py; done < list",
        "case $1 in a) python x.py;; esac",
        "unused() { python x.py; }",
        "f() { [ $1 ] && python x.py; }; f",
        "if [ $1 ]; then f() { python x.py; }; f; fi",
    ],
)
def test_maybe(command: str) -> None:
    assert lines(command) == ["maybe x.py"]


def test_a_function_is_walked_at_each_call() -> None:
    script = """
    run() {
      local name=$1; shift
      python train.py --name $name "$@"
    }
    run a --seed 1
    run b
    """
    assert lines(script) == ["train.py --name a --seed 1", "train.py --name b"]


def test_a_function_that_calls_itself_ends() -> None:
    assert lines("f() { python x.py; f; }; f") == ["x.py"]


def test_return_leaves_the_function_and_exit_the_script() -> None:
    assert lines("f() { return; python a.py; }; f; python b.py") == ["b.py"]
    assert lines("f() { exit; }; f; python b.py") == []
    assert lines("(exit); python b.py") == ["b.py"]


@pytest.mark.parametrize(
    ("command", "processes"),
    [
        ("python x.py", ""),
        ("torchrun x.py", ""),
        ("torchrun --nproc_per_node=1 x.py", ""),
        ("torchrun --nproc-per-node 4 x.py", "4"),
        ("torchrun --nnodes=2 --nproc_per_node=4 x.py", "8"),
        ("torchrun --nnodes=1:4 --nproc_per_node=4 x.py", "?"),
        ("torchrun --nproc_per_node=gpu x.py", "?"),
        ("torchrun --nproc_per_node=$N x.py", "?"),
        ("N=${N:-4}; torchrun --nproc_per_node=$N x.py", "4"),
        ("torchrun $ARGS x.py", "?"),
        ("torchrun x.py --nproc_per_node=4", ""),
        ("python -m torch.distributed.launch --nproc_per_node=8 --use_env x.py", "8"),
        ("accelerate launch x.py", "?"),
        ("accelerate launch --multi_gpu --num_processes=2 x.py", "2"),
        ("deepspeed x.py", "?"),
        ("deepspeed --num_gpus 2 --num_nodes 2 x.py", "4"),
        ("deepspeed --include localhost:0,1 --master_port 1 x.py", "?"),
        ("mpirun -np 4 python x.py", "4"),
        ("mpirun --allow-run-as-root -n 4 -H a:2,b:2 -bind-to none -mca a b python x.py", "4"),
        ("mpiexec -n 2 python x.py", "2"),
        ("horovodrun -np 8 -H localhost:8 python x.py", "8"),
        ("srun -n4 python x.py", "4"),
        ("srun --ntasks=4 python x.py", "4"),
        ("srun --nodes=2 --ntasks-per-node=4 python x.py", "8"),
        ("srun -n 2 torchrun --nproc_per_node 4 x.py", "8"),
        ("srun -n 2 bash -c 'python x.py'", "2"),
        ("$LAUNCHER x.py", "?"),
        ("uv run torchrun --nproc-per-node 2 x.py", "2"),
        ("colossalai run --nproc_per_node 8 --hostfile hosts x.py", "8"),
        ("torchrun --nproc_per_node 99999999999 x.py", "?"),
        ("torchrun --nproc_per_node ² x.py", "?"),
    ],
)
def test_processes(command: str, processes: str) -> None:
    assert (only(command).script, only(command).processes) == ("x.py", processes)


@pytest.mark.parametrize(
    ("script", "folder", "started"),
    [
        ("python x.py", "", "x.py"),
        ("cd src && python x.py", "src", "x.py"),
        ("cd ..; python tools/x.py", "..", "tools/x.py"),
        ("cd a; cd b; cd ..; python x.py", "a", "x.py"),
        ("(cd src && make); python x.py", "", "x.py"),
        ("pushd src; popd; python x.py", "", "x.py"),
        ("pushd src; python x.py; popd", "src", "x.py"),
        ("cd src; cd -; python x.py", "", "x.py"),
        ("cd $1; python x.py", "?", "x.py"),
        ("cd /opt; python x.py", "?", "x.py"),
        ("cd ~/project; cd src; python x.py", "?", "x.py"),
        ("cd; python x.py", "?", "x.py"),
        ("if [ $1 ]; then cd a; fi; python x.py", "?", "x.py"),
        ("f() { cd a; }; f; python x.py", "a", "x.py"),
        ('cd "$(dirname "$0")" || exit; python x.py', "", "x.py"),
        ('cd "$(dirname "${BASH_SOURCE[0]}")/.." && python x.py', "..", "x.py"),
        ("cd ${0%/*}; python x.py", "", "x.py"),
        ("python $(dirname $0)/x.py", "", "x.py"),
        ("cd a; python $(dirname $0)/x.py", "a", "../x.py"),
        ('D="$( cd "$( dirname "$0" )" >/dev/null 2>&1 && pwd )"; cd a; python "$D"/../x.py', "a", "../../x.py"),
        ("D=$(realpath $(dirname $0)); python $D/x.py", "", "x.py"),
        ("ROOT=$(pwd); cd a; python $ROOT/x.py", "a", "../x.py"),
        ("cd a; python $PWD/x.py", "a", "x.py"),
        ("cd /opt; python $(dirname $0)/x.py", "?", "x.py"),
        ("conda run --cwd src python x.py", "src", "x.py"),
        ("env -C src python x.py", "src", "x.py"),
        ("docker run image python x.py", "?", "x.py"),
        ("docker run -v $PWD:/app -w /app image python x.py", "", "x.py"),
        ("docker run -v $(pwd)/src:/app -w /app/a image python /app/x.py", "src/a", "../x.py"),
        ("docker run -v /data:/data -w /data image python x.py", "?", "x.py"),
    ],
)
def test_folder(script: str, folder: str, started: str) -> None:
    assert (only(script).folder, only(script).script) == (folder, started)


@pytest.mark.parametrize(
    "script",
    [
        "python a.py\necho 'no end",
        'python a.py\necho "no end',
        "python a.py\nif [ $1 ]; then echo",
        "python a.py\necho $(",
        "python a.py\n)",
        "python a.py\n;; fi done }",
        "python a.py\n<your command>",
        "python a.py\ncat <<END\npython b.py",
        "python a.py\n${A",
        "python a.py\nf(",
        "python a.py\n" + "(" * 200,
        "python a.py\r\nexit\r\n",
        "\ufeffpython a.py",
        "python a.py > \n",
        "python a.py &> log &",
        "python a.py >& log",
    ],
)
def test_what_comes_before_a_mistake_is_run(script: str) -> None:
    assert lines(script)[:1] == ["a.py"]
    assert "b.py" not in lines(script)


def test_other_languages_are_not_read() -> None:
    assert lines("#!/usr/bin/env python\nimport x\npython x.py", "run.job") == []
    assert lines("#!/bin/csh\nsetenv A b\npython x.py") == []
    assert lines("#!/usr/bin/env -S bash -e\npython x.py") == ["x.py"]
