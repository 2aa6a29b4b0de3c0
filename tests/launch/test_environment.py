"""Which variables a command gets: everything that a child process would find, and nothing else."""

from __future__ import annotations

import pytest

from reprolint.core.place import Span

from .started import environment, launched, only, values


@pytest.mark.parametrize(
    "script",
    [
        "export A=b\npython x.py",
        "A=b\nexport A\npython x.py",
        "export A\nA=b\npython x.py",
        "A=b python x.py",
        "env A=b python x.py",
        "C=1 env -u C A=b python x.py",
        "declare -x A=b\npython x.py",
        "typeset -x A=b; python x.py",
        "set -a\nA=b\nset +a\nC=1\npython x.py",
        "set -o allexport; A=b; python x.py",
        "export A='b'; python x.py",
        'export A="b"; python x.py',
        "export A=\\b; python x.py",
        "export A=$'b'; python x.py",
        "export A=x A=b && python x.py",
        "export A=x; { export A=b; }; python x.py",
        "set_up() { export A=b; }\nset_up\npython x.py",
        "function set_up {\n  export A=b\n}\nset_up\npython x.py",
        "eval 'export A=b'; python x.py",
        "B=b; export A=$B; python x.py",
        'export A="${B:-b}"; python x.py',
        ": ${A:=b}; export A; python x.py",
        "export A=${A:-b}; python x.py",
        "X=b; export A=${X:+b}; python x.py",
        "export A=x; unset A; export A=b; python x.py",
        "export A=b; (unset A); python x.py",
        "export A=b C=1; unset C; python x.py",
        "export A=b; C=1 true; python x.py",
        "if true; then export A=b; else export A=c; fi; python x.py",
        "if false; then export A=c; else export A=b; fi; python x.py",
        "for A in b; do export A; done; python x.py",
        "export A=b | cat; export A=b; python x.py",
        "export A=b; bash -c 'python x.py'",
        "A=b bash -lc 'C=1; python x.py'",
        'if [ -n "$C" ]; then export A=b; else export A=b; fi; python x.py',
        "case $1 in a) export A=b;; *) export A=b;; esac; python x.py",
        "export A=b  # not C=1\npython x.py",
        "export A=c\nexport A+=d\nexport A=b; python x.py",
        "if [ $# -lt 1 ]; then export C=1; exit 1; fi; export A=b; python x.py",
    ],
)
def test_a_is_b(script: str) -> None:
    assert environment(script) == {"A": "b"}


@pytest.mark.parametrize(
    "script",
    [
        "A=b\npython x.py",  # a variable of the shell alone
        "A=b; python x.py; export A",
        "python x.py\nexport A=b",
        "(export A=b)\npython x.py",
        "export A=b | cat\npython x.py",
        "export A=b &\npython x.py",
        "A=b true; python x.py",
        "export A=b; unset A; python x.py",
        "export A=b; export -n A; python x.py",
        "export A=b; env -u A python x.py",
        "export A=b; env -i python x.py",
        "# export A=b\npython x.py",
        "echo export A=b; python x.py",
        "echo 'export A=b'; python x.py",
        "cat <<END\nexport A=b\nEND\npython x.py",
        "cat > env.sh << 'END'\nexport A=b\nEND\npython x.py",
        "cat <<-END\n\texport A=b\n\tEND\npython x.py",
        "cat <<< 'export A=b'; python x.py",
        "set_up() { export A=b; }\npython x.py",
        "set_up() ( export A=b )\nset_up\npython x.py",
        "f() { local A=b; export B; }\nf\npython x.py",
        "if false; then export A=b; fi; python x.py",
        "X=$(export A=b); python x.py",
        "export A; python x.py",  # whatever it is outside
        "bash -c 'export A=b'; python x.py",
        "export PYTHONHASHSEED=0; python -I x.py",
        "export PYTHONHASHSEED=0; python -uE x.py",
        "docker() { :; }; A=b; python x.py",
        "export A=b; docker run image python x.py",
        "export A=b; srun --export=NONE python x.py",
        "for A in; do export B=1; done; python x.py",
        "export A=b; exit; python y.py\n",
    ],
)
def test_nothing_is_set(script: str) -> None:
    assert [values(item.environment) for item in launched(script).commands] in ([{}], [])


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ('if [ -n "$1" ]; then export A=b; fi', "maybe b"),
        ('[ -n "$1" ] && export A=b', "maybe b"),
        ("test -f x && export A=b", "maybe b"),
        ("[[ $1 == (a|b) ]] && export A=b", "maybe b"),
        ("(( $1 > 2 )) && export A=b", "maybe b"),
        ("! grep -q x y && export A=b", "maybe b"),
        ("cd x || export A=b", "maybe b"),
        ("while read line; do export A=b; done", "maybe b"),
        ("for x in $1; do export A=b; done", "maybe b"),
        ("case $1 in x) export A=b;; y|z) ;; esac", "maybe b"),
        ("A=b; if [ $1 ]; then export A; fi", "maybe b"),
        ("export A=b; if [ $1 ]; then unset A; fi", "maybe b"),
        ("export A=b; if [ $1 ]; then export A=c; fi", "?"),
        ("if [ $1 ]; then export A=b; elif [ $2 ]; then export A=c; else export A=d; fi", "?"),
        ("export A=$(nproc)", "?"),
        ("export A=`nproc`", "?"),
        ("export A=$1", "?"),
        ("export A=$((1 + 2))", "?"),
        ("export A=x$UNTOLD", "?"),
        ("export A=~/data", "?"),
        ("read A; export A", "?"),
        ("export A=$(dirname $0)/b", "?"),
        ("export A=${B/x/y}", "?"),
        ("for A in 1 2; do export A; done", "?"),
        ("X=(a b); export A=${X[1]}", "b"),
        ("X='a b'; export A=$X", "a b"),
        ("export A='$X' ", "$X"),
        ('export A="a\\$X"', "a$X"),
        ("export A=:4096:8", ":4096:8"),
        ("export A=", ""),
        ("export A=a=b", "a=b"),
        ("export A=a\\\nb", "ab"),
        ("A=a; A+=b; export A", "ab"),
        ("A=$(basename /x/y.txt); export A", "y.txt"),
        ("A=$(echo b); export A", "b"),
        ('A=$([ -n "$1" ] && echo 1 || echo 2); export A', "?"),
        ("A=$(cat <<END\nx\nEND\n); export A", "?"),
    ],
)
def test_value(script: str, value: str) -> None:
    assert environment(f"{script}\npython x.py") == {"A": value}


def test_sudo_keeps_the_environment_only_where_told() -> None:
    assert environment("export A=b\nsudo python x.py") == {"A": "maybe b"}
    assert environment("export A=b\nsudo -E python x.py") == {"A": "b"}
    assert environment("sudo A=b python x.py") == {"A": "b"}


def test_a_loop_sees_what_its_last_round_did() -> None:
    assert environment("for x in 1 2; do python x.py; export A=b; done") == {"A": "maybe b"}
    assert environment("while true; do\n  export A=b\n  python x.py\ndone") == {"A": "b"}


def test_inside_a_branch_its_settings_are_sure() -> None:
    command = only("if [ $1 = fast ]; then\n  export A=b\n  python x.py\nfi")
    assert (values(command.environment), command.certain) == ({"A": "b"}, False)


def test_launchers_set_variables() -> None:
    assert environment("mpirun -np 2 -x A=b -x C python x.py") == {"A": "b"}
    assert environment("export C=1\nmpirun -genv A b python x.py") == {"C": "1", "A": "b"}
    assert environment("srun --export=ALL,A=b python x.py") == {"A": "b"}
    assert environment("apptainer exec --nv --env A=b,C=d image.sif python x.py") == {"A": "b", "C": "d"}
    assert environment("export C=1 D=2\ndocker run --rm -e A=b -e C --env=E=3 image python x.py") == {
        "A": "b", "C": "1", "E": "3",
    }  # fmt: skip


def test_what_the_file_exports() -> None:
    launch = launched("export A=b\nC=1\nif [ $1 ]; then export D=2; fi\n(export E=3)\nexport F=$1")
    assert values(launch.environment) == {"A": "b", "D": "maybe 2", "F": "?"}
    assert launch.commands == ()


def test_places() -> None:
    launch = launched("# é\nexport  A=b\\\n'c'  # x\nA=d C=é  python \\\n  x.py --é >log\n")
    assert [item.place for item in launch.environment] == [Span(2, 9, 3, 4)]
    (command,) = launch.commands
    assert command.place == Span(4, 1, 5, 11)
    assert [item.place for item in command.environment] == [Span(4, 1, 4, 4), Span(4, 5, 4, 8)]


def test_the_place_of_a_setting_is_where_the_value_is() -> None:
    (setting,) = launched("A=b\nexport A\n").environment
    assert setting.place == Span(1, 1, 1, 4)
