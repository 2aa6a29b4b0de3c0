"""Programs that start other programs: what their options take, and what follows them.

Each entry names the page that lists the options. An option that is not listed takes no word of its own; of a launcher
that starts a Python script, it takes the next word unless that is a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Launcher:
    """How to read the words after a launcher. Options are written with `-`, also where they are spelled with `_`."""

    options: str = ""  # those that take one word
    pairs: str = ""  # those that take two
    starts: str = "command"  # or "script": a Python file with its arguments
    operands: int = 0  # words between the options and what is started
    module: str = ""  # options after which the script is the name of a module
    plain: str = ""  # options after which it is a command and not Python
    counts: tuple[tuple[str, ...], ...] = ()  # options that say how many processes: alternatives, each a product
    default: str = ""  # the number of processes when none of these is given
    sets: str = ""  # options with NAME=value
    folder: str = ""  # options with the working directory
    inherits: str = "yes"  # whether the environment is passed on: yes, maybe, no
    assigns: bool = False  # whether NAME=value may stand before the command
    clears: str = ""  # options that start with an empty environment
    keeps: str = ""  # options that pass on the environment all the same
    removes: str = ""  # options that name a variable to leave out
    stops: str = ""  # options with which nothing is started
    mounts: str = ""  # options that show a folder under another name, folder:name
    dashed: bool = True  # whether `-n4` is `-n 4`


_RUN = (
    "--nnodes --nproc-per-node --rdzv-backend --rdzv-endpoint --rdzv-id --rdzv-conf --max-restarts --monitor-interval "
    "--start-method --role --log-dir --redirects -r --tee -t --local-ranks-filter --node-rank --master-addr "
    "--master-port --local-addr --logs-specs --numa-binding --duplicate-stdout-filters --duplicate-stderr-filters"
)
# https://docs.pytorch.org/docs/stable/elastic/run.html
_TORCHRUN = Launcher(
    options=_RUN, starts="script", module="-m --module", plain="--no-python", counts=(("--nproc-per-node", "--nnodes"),)
)
# https://huggingface.co/docs/accelerate/package_reference/cli
_ACCELERATE = Launcher(
    options="--config-file --num-processes --num-machines --machine-rank --main-process-ip --main-process-port "
    "--mixed-precision --dynamo-backend --dynamo-mode --gpu-ids --num-cpu-threads-per-process --rdzv-backend "
    "--rdzv-conf --max-restarts --monitor-interval --log-dir --role --tee -t -r --same-network --tpu-cluster "
    "--deepspeed-config-file --deepspeed-hostfile --deepspeed-multinode-launcher --zero-stage "
    "--offload-optimizer-device --offload-param-device --gradient-accumulation-steps --gradient-clipping "
    "--zero3-init-flag --zero3-save-16bit-model --fsdp-auto-wrap-policy --fsdp-sharding-strategy "
    "--fsdp-state-dict-type --fsdp-transformer-layer-cls-to-wrap --fsdp-backward-prefetch --fsdp-version "
    "--parallelism-config-dp-replicate-size --enable-cpu-affinity",
    starts="script",
    module="-m --module",
    plain="--no-python",
    counts=(("--num-processes",),),
    default="?",
)
# https://www.deepspeed.ai/getting-started/#launching-deepspeed-training
_DEEPSPEED = Launcher(
    options="-H --hostfile -i --include -e --exclude --num-nodes --num-gpus --min-elastic-nodes --max-elastic-nodes "
    "--master-port --master-addr --node-rank --launcher --launcher-args --autotuning --bind-core-list --ssh-port "
    "--venv-script",
    starts="script",
    module="--module",
    plain="--no-python",
    counts=(("--num-gpus", "--num-nodes"),),
    default="?",
)
# https://docs.open-mpi.org/en/main/man-openmpi/man1/mpirun.1.html, https://www.mpich.org/documentation/guides/
_MPI = Launcher(
    options="-np --np -n -c --n -H -host --host -hosts -f -hostfile --hostfile -machinefile --machinefile -bind-to "
    "--bind-to -map-by --map-by -rank-by --rank-by -wdir --wdir -wd -x -genvlist -ppn -npernode --npernode -N "
    "--prefix --output-filename -output-filename --timeout --tag-output-to --tune -envlist",
    pairs="-mca --mca -gmca --gmca -env -genv",
    counts=(("-np --np -n -c --n",),),
    default="?",
    sets="-x -env -genv",
    folder="-wdir --wdir -wd",
    dashed=False,
)
# https://slurm.schedmd.com/srun.html
_SRUN = Launcher(
    options="-A --account -b --begin -c --cpus-per-task -C --constraint -D --chdir -d --dependency -e --error "
    "--export --gpus -G --gpus-per-node --gpus-per-task --gpu-bind --gres -i --input -J --job-name -l --mem "
    "--mem-per-cpu --mem-per-gpu --mpi -n --ntasks -N --nodes --ntasks-per-node -o --output -p --partition -q --qos "
    "-t --time -w --nodelist -x --exclude --cpu-bind --container-image --container-mounts --container-name "
    "--container-workdir --distribution -m --jobid --kill-on-bad-exit --reservation --signal --threads-per-core "
    "--unbuffered-to --wait -W --network --relative -r --het-group --tres-per-task --container-env",
    sets="--export",
    counts=(("-n --ntasks",), ("--ntasks-per-node", "-N --nodes")),
    folder="-D --chdir",
)
# https://horovod.readthedocs.io/en/stable/running_include.html
_HOROVOD = Launcher(
    options="-np --num-proc -H --hosts -hostfile --hostfile -p --ssh-port --min-np --max-np --slots "
    "--network-interface --host-discovery-script --start-timeout --output-filename --config-file "
    "--fusion-threshold-mb --mpi-args",
    counts=(("-np --num-proc",),),
    default="?",
    dashed=False,
)
# https://docs.docker.com/reference/cli/docker/container/run/
_DOCKER = Launcher(
    options="-v --volume -e --env --env-file -w --workdir --name --gpus --runtime --shm-size --ipc --network --net -p "
    "--publish -u --user --ulimit --entrypoint -m --memory --cpus --cpuset-cpus --mount --device -h --hostname "
    "--add-host --cap-add --security-opt -l --label --log-driver --log-opt --pid --platform --pull --restart --tmpfs "
    "--volumes-from --group-add --cidfile --expose -a --attach --memory-swap --userns --uts",
    operands=1,
    sets="-e --env",
    folder="-w --workdir",
    inherits="no",
    mounts="-v --volume",
)
# https://apptainer.org/docs/user/main/cli/apptainer_exec.html
_APPTAINER = Launcher(
    options="-B --bind --env --env-file --pwd --cwd -W --workdir -H --home --overlay -o --mount --app --add-caps "
    "--network --security --scratch -S --hostname",
    operands=1,
    sets="--env",
    folder="--pwd --cwd",
)
# https://docs.astral.sh/uv/reference/cli/#uv-run
_UV = Launcher(
    options="--extra --no-extra --group --no-group --only-group --env-file --with --with-editable --with-requirements "
    "--package --python -p --index --default-index --index-url -i --extra-index-url -f --find-links --upgrade-package "
    "-P --project --directory --config-file --cache-dir --color --link-mode --resolution --prerelease --exclude-newer",
    module="-m --module",
    folder="--directory",
)
# https://docs.conda.io/projects/conda/en/stable/commands/run.html
_CONDA = Launcher(options="-n --name -p --prefix --cwd", folder="--cwd")
# https://www.paddlepaddle.org.cn/documentation/docs/en/api/paddle/distributed/launch_en.html
_PADDLE = Launcher(
    options="--master --rank --log-level --nnodes --nproc-per-node --log-dir --run-mode --job-id --devices --gpus "
    "--ips --max-restart --servers --trainers --host",
    starts="script",
    counts=(("--nproc-per-node", "--nnodes"),),
    default="?",
)
# https://colossalai.org/docs/basics/launch_colossalai/
_COLOSSALAI = Launcher(
    options="-H --host --hostfile --include --exclude --num-nodes --nproc-per-node --master-port --master-addr "
    "--extra-launch-args --ssh-port",
    starts="script",
    module="-m",
    counts=(("--nproc-per-node", "--num-nodes"),),
)
_PLAIN = Launcher()

LAUNCHERS: Mapping[tuple[str, ...], Launcher] = {
    ("torchrun",): _TORCHRUN,
    ("accelerate", "launch"): _ACCELERATE,
    ("accelerate-launch",): _ACCELERATE,
    ("deepspeed",): _DEEPSPEED,
    ("ds",): _DEEPSPEED,
    ("colossalai", "run"): _COLOSSALAI,
    ("mpirun",): _MPI,
    ("mpiexec",): _MPI,
    ("srun",): _SRUN,
    ("horovodrun",): _HOROVOD,
    ("docker", "run"): _DOCKER,
    ("podman", "run"): _DOCKER,
    ("nvidia-docker", "run"): _DOCKER,
    ("singularity", "exec"): _APPTAINER,
    ("apptainer", "exec"): _APPTAINER,
    # https://docs.docker.com/reference/cli/docker/container/exec/
    ("docker", "exec"): _DOCKER,
    ("uv", "run"): _UV,
    ("conda", "run"): _CONDA,
    ("mamba", "run"): _CONDA,
    ("micromamba", "run"): _CONDA,
    # https://python-poetry.org/docs/cli/#run, https://pipenv.pypa.io/en/latest/cli.html
    ("poetry", "run"): _PLAIN,
    ("pipenv", "run"): _PLAIN,
    ("pdm", "run"): _PLAIN,
    ("rye", "run"): _PLAIN,
    ("hatch", "run"): _PLAIN,
    # https://pixi.sh/latest/reference/cli/pixi/run/
    ("pixi", "run"): Launcher(options="-e --environment --manifest-path"),
    # https://www.gnu.org/software/coreutils/manual/coreutils.html
    ("nohup",): _PLAIN,
    ("nice",): Launcher(options="-n --adjustment"),
    ("timeout",): Launcher(options="-k --kill-after -s --signal", operands=1),
    ("stdbuf",): Launcher(options="-i -o -e --input --output --error"),
    ("env",): Launcher(
        options="-u --unset -C --chdir -S", folder="-C --chdir", assigns=True, clears="- -i --ignore-environment",
        removes="-u --unset",
    ),
    # https://man7.org/linux/man-pages/
    ("time",): Launcher(options="-f --format -o --output"),
    ("exec",): Launcher(options="-a"),
    ("command",): Launcher(stops="-v -V"),
    ("builtin",): _PLAIN,
    ("setsid",): _PLAIN,
    ("ionice",): Launcher(options="-c --class -n --classdata"),
    ("taskset",): Launcher(operands=1),
    ("chrt",): Launcher(operands=1),
    ("xargs",): Launcher(options="-n -P -I -L -d -a -s -E"),
    ("xvfb-run",): Launcher(options="-s --server-args -n --server-num -e --error-file"),
    ("strace",): Launcher(options="-o -e -p -s"),
    # https://github.com/numactl/numactl/blob/master/numactl.8
    ("numactl",): Launcher(options="-C -m -N -i"),
    # https://www.sudo.ws/docs/man/sudo.man/ (the environment is reset unless the policy says otherwise)
    ("sudo",): Launcher(
        options="-u --user -g --group -h --host -p --prompt -D --chdir", folder="-D --chdir", inherits="maybe",
        assigns=True, keeps="-E --preserve-env",
    ),
    # https://docs.nvidia.com/nsight-systems/UserGuide/, https://docs.nvidia.com/nsight-compute/NsightComputeCli/
    ("nsys", "profile"): Launcher(options="-o --output -t --trace -c --capture-range -s --sample -y --delay -d"),
    ("ncu",): Launcher(options="-o --export -k --kernel-name -c --launch-count -s --launch-skip --set --section"),
    ("compute-sanitizer",): Launcher(options="--tool --log-file"),
    # https://github.com/benfred/py-spy
    ("py-spy", "record"): Launcher(options="-o --output -f --format -r --rate -d --duration"),
    # https://coverage.readthedocs.io/en/latest/commands/cmd_run.html
    ("coverage", "run"): Launcher(
        options="--source --include --omit --rcfile --data-file --concurrency --context", starts="script",
        module="-m --module",
    ),
    # https://kernprof.readthedocs.io/en/latest/
    ("kernprof",): Launcher(options="-o --outfile -s --setup -u --unit -p --prof-mod", starts="script", module="-m"),
}  # fmt: skip

# Modules that start what follows them, as `python -m` names them.
MODULES: Mapping[str, Launcher] = {
    "torch.distributed.run": _TORCHRUN,
    "torch.distributed.launch": _TORCHRUN,
    "accelerate.commands.launch": _ACCELERATE,
    "deepspeed.launcher.runner": _DEEPSPEED,
    "horovod.runner": _HOROVOD,
    "paddle.distributed.launch": _PADDLE,
    # https://docs.python.org/3/library/debug.html
    "cProfile": Launcher(options="-o -s", starts="script", module="-m"),
    "profile": Launcher(options="-o -s", starts="script", module="-m"),
    "pdb": Launcher(options="-c", starts="script", module="-m"),
    "trace": Launcher(options="-f --file -C --coverdir", starts="script", module="--module"),
    "coverage": LAUNCHERS[("coverage", "run")],
    "kernprof": LAUNCHERS[("kernprof",)],
    "memory_profiler": Launcher(options="-o --precision", starts="script"),
    "torch.utils.bottleneck": Launcher(starts="script"),
    # https://github.com/microsoft/debugpy
    "debugpy": Launcher(options="--listen --connect --log-to --configure-subprocess", starts="script", module="-m"),
}

# Words that start no Python of the project: of the shell, and of every machine.
_OTHERS = """
. : [ alias apt apt-get awk bc bg bind break cat cd chgrp chmod chown cmake compgen complete continue cp curl cut date
dd declare df diff dirname dirs disown dmesg do docker done du echo egrep elif else esac eval exit expr export false fc
fg fgrep fi find free function g++ gcc getconf getopt getopts git grep gunzip gzip hash head hostname id if in install
jobs kill killall less let ln local locale ls lscpu make mapfile md5sum mkdir mkfifo mktemp module more mount mv ninja
npm nproc nvcc nvidia-smi od paste ping pkill popd printenv printf ps pushd pwd read readarray readlink readonly
realpath return rm rmdir rsync scancel scontrol scp sed select seq set sha256sum shift shopt sleep sort source split
squeue ssh stat stty su tail tar tee test then touch tr trap true tput type typeset ulimit umask unalias uname uniq
unset until unzip wait wc wget which while whoami xz yes yum zip
"""
OTHERS = frozenset(_OTHERS.split())
