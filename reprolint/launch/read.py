"""From the name and the bytes of a file to what it starts."""

from __future__ import annotations

from fnmatch import fnmatchcase

from reprolint.launch.passage import Source, source
from reprolint.launch.record import Launch

LARGEST = 2**18  # the longest ones that people write have a fifth of that
_KINDS = {
    "shell": ("*.sh", "*.bash", "*.zsh", "*.slurm", "*.sbatch", "*.job"),
    "container": ("Dockerfile", "Dockerfile.*", "*.dockerfile", "*.Dockerfile", "Containerfile", "Containerfile.*"),
    "make": ("Makefile", "makefile", "GNUmakefile", "*.mk"),
    "compose": ("docker-compose*.yml", "docker-compose*.yaml", "compose.yml", "compose.yaml", "compose.*.yml"),
    "workflow": (".gitlab-ci.yml",),
    "dotenv": (".env", ".env.*"),
}


def kind(path: str) -> str:
    """What sort of launch file a path names; empty for none. The path is relative to the project, with `/`."""
    folder, _, name = path.rpartition("/")
    if name.endswith((".yml", ".yaml")) and f"/{folder}".endswith("/.github/workflows"):
        return "workflow"
    return next((sort for sort, names in _KINDS.items() if any(fnmatchcase(name, item) for item in names)), "")


def read(path: str, data: bytes) -> Launch:
    """What a launch file says. A file that is none, that is too large or that cannot be understood says nothing."""
    if len(data) > LARGEST:
        return Launch()
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    for sign in "\0\1\2":  # they stand for what is not known
        text = text.replace(sign, "\ufffd")
    try:
        return _read(kind(path), path.rpartition("/")[2], source(text))
    except RecursionError:  # nesting is bounded, but the caller may have used most of the stack
        return Launch()


def _read(sort: str, name: str, file: Source) -> Launch:
    # Each reader is loaded with the first file of its sort: `kind` is asked about every file of a project.
    match sort:
        case "shell":
            from reprolint.launch.shell import read_shell

            return read_shell(file, name)
        case "container":
            from reprolint.launch.container import read_container

            return read_container(file)
        case "make":
            from reprolint.launch.make import read_make

            return read_make(file)
        case "workflow":
            from reprolint.launch.workflow import read_pipeline, read_workflow

            return read_pipeline(file) if name == ".gitlab-ci.yml" else read_workflow(file)
        case "compose":
            from reprolint.launch.compose import read_compose

            return read_compose(file)
        case "dotenv":
            from reprolint.launch.dotenv import read_dotenv

            return read_dotenv(file)
    return Launch()
