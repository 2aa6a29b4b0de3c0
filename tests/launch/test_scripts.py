"""Scripts as training repositories have them, each in full: what is started, where, and with which environment."""

from __future__ import annotations

from reprolint.core.place import Span

from .started import environment, launched, line, lines, only, values


def test_a_distributed_launcher_beside_its_tools() -> None:
    text = """
    #!/usr/bin/env bash

    CONFIG=$1
    GPUS=$2
    NNODES=${NNODES:-1}
    NODE_RANK=${NODE_RANK:-0}
    PORT=${PORT:-29500}
    MASTER_ADDR=${MASTER_ADDR:-"127.0.0.1"}

    PYTHONPATH="$(dirname $0)/..":$PYTHONPATH \\
    python -m torch.distributed.launch \\
        --nnodes=$NNODES \\
        --node_rank=$NODE_RANK \\
        --master_addr=$MASTER_ADDR \\
        --nproc_per_node=$GPUS \\
        --master_port=$PORT \\
        $(dirname "$0")/train.py \\
        $CONFIG \\
        --seed 0 \\
        --launcher pytorch ${@:3}
    """
    command = only(text, "tools/dist_train.sh")
    assert line(command) == "train.py ? --seed 0 --launcher pytorch ?"
    assert (command.processes, command.folder, command.certain) == ("?", "", True)
    assert command.place == Span(10, 1, 20, 30)
    assert values(command.environment) == {"PYTHONPATH": "?"}


def test_a_job_with_one_task_for_each_device() -> None:
    text = """
    #!/bin/bash -l
    #SBATCH --job-name=resnet
    #SBATCH --nodes=2               # two machines
    #SBATCH --ntasks-per-node=4
    #SBATCH --gres=gpu:4
    #SBATCH --export=ALL,PYTHONHASHSEED=0

    module purge
    module load cuda/12.1
    source activate train

    export CUBLAS_WORKSPACE_CONFIG=:4096:8
    export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
    cd $SLURM_SUBMIT_DIR

    srun python -u train.py --config configs/base.yaml --seed ${SEED:-42}
    """
    command = only(text, "job.slurm")
    assert line(command) == "train.py --config configs/base.yaml --seed 42"
    assert (command.processes, command.folder) == ("8", "?")
    assert values(command.environment) == {
        "PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "MASTER_ADDR": "?",
    }  # fmt: skip
    assert command.environment[0].place == Span(6, 9, 6, 38)


def test_a_job_array() -> None:
    text = """
    #!/bin/bash
    #SBATCH -n 1
    #SBATCH --array=0-4
    #SBATCH -D experiments
    SEEDS=(1 2 3)
    python main.py --seed ${SEEDS[$SLURM_ARRAY_TASK_ID]}
    """
    command = only(text, "array.sbatch")
    assert (line(command), command.folder, command.processes) == ("main.py --seed ?", "experiments", "")


def test_arguments_in_arrays() -> None:
    text = """
    #!/bin/bash

    # Runs the "175B" parameter model

    export CUDA_DEVICE_MAX_CONNECTIONS=1

    GPUS_PER_NODE=8
    MASTER_ADDR=localhost
    NUM_NODES=1

    CHECKPOINT_PATH=$1 #<Specify path>
    DISTRIBUTED_ARGS=(
        --nproc_per_node $GPUS_PER_NODE
        --nnodes $NUM_NODES
        --master_addr $MASTER_ADDR
    )
    GPT_MODEL_ARGS=(
        --num-layers 96      # as published
        --seq-length 2048
    )
    TRAINING_ARGS=(
        --seed 1234
        --save $CHECKPOINT_PATH
    )

    torchrun ${DISTRIBUTED_ARGS[@]} pretrain_gpt.py \\
        ${GPT_MODEL_ARGS[@]} \\
        ${TRAINING_ARGS[@]}
    """
    command = only(text)
    assert line(command) == "pretrain_gpt.py --num-layers 96 --seq-length 2048 --seed 1234 --save ?"
    assert (command.processes, values(command.environment)) == ("8", {"CUDA_DEVICE_MAX_CONNECTIONS": "1"})


def test_a_launcher_chosen_by_the_number_of_devices() -> None:
    text = """
    gpus=${1:-1}
    flags="${@:2}"
    if [[ "${gpus}" == "1" ]]; then
        cmd="python"
    else
        cmd="torchrun --nproc_per_node=${gpus}"
    fi
    cmd="${cmd} \\
        moflow/train.py \\
        --cuda_graph \\
        ${flags} \\
        "
    if [ $prec == "amp" ]; then
        cmd="${cmd} --amp"
    fi
    set -x
    bash -c "${cmd}"
    """
    command = only(text)
    assert (command.script, command.arguments[0], command.processes) == ("moflow/train.py", "--cuda_graph", "?")


def test_an_example_for_fine_tuning() -> None:
    text = """
    export TASK_NAME=mrpc
    export WANDB_DISABLED=true

    accelerate launch --config_file fsdp.yaml \\
      run_glue_no_trainer.py \\
      --model_name_or_path bert-base-cased \\
      --task_name $TASK_NAME \\
      --output_dir /tmp/$TASK_NAME/
    """
    command = only(text)
    assert line(command) == (
        "run_glue_no_trainer.py --model_name_or_path bert-base-cased --task_name mrpc --output_dir /tmp/mrpc/"
    )
    assert (command.processes, values(command.environment)) == ("?", {"TASK_NAME": "mrpc", "WANDB_DISABLED": "true"})


def test_a_console_script_over_seeds() -> None:
    text = """
    for SEED in 1 2 3; do
      CUDA_VISIBLE_DEVICES=0,1 PYTHONHASHSEED=$SEED fairseq-train data-bin/iwslt14 \\
        --arch transformer_iwslt_de_en --seed $SEED &> log.$SEED &
    done
    wait
    """
    command = only(text)
    assert line(command) == "!fairseq-train data-bin/iwslt14 --arch transformer_iwslt_de_en --seed ?"
    assert values(command.environment) == {"CUDA_VISIBLE_DEVICES": "0,1", "PYTHONHASHSEED": "?"}
    assert command.certain


def test_a_benchmark_with_a_container() -> None:
    text = """
    set -euxo pipefail
    : "${CONT:=mlperf/unet}"
    : "${SEED:=1}"
    readonly _config_env=( $(env | cut -d= -f1) )
    cleanup() {
        docker container rm -f training || true
    }
    trap 'cleanup' EXIT
    docker run --gpus all --ipc=host --rm -v "${PWD}:/workspace" -w /workspace \\
        -e PYTHONHASHSEED=0 -e OMP_NUM_THREADS "${CONT}" \\
        python -u main.py --seed "${SEED}"
    """
    command = only(text)
    assert (line(command), command.folder) == ("main.py --seed 1", "")
    assert values(command.environment) == {"PYTHONHASHSEED": "0"}


def test_a_script_with_a_usage_and_options() -> None:
    text = """
    usage() { echo "Usage: $0 [-s seed] config" 1>&2; exit 1; }
    SEED=0
    while getopts "s:d" opt; do
      case "${opt}" in
        s) SEED=${OPTARG} ;;
        d) export CUDA_LAUNCH_BLOCKING=1 ;;
        *) usage ;;
      esac
    done
    shift $((OPTIND-1))
    [ $# -ge 1 ] || usage
    export PYTHONHASHSEED=$SEED
    export TF_DETERMINISTIC_OPS=1
    exec python "$(dirname "$(readlink -f "$0")")/train.py" "$@"
    """
    command = only(text)
    assert (line(command), command.certain) == ("train.py ?", True)
    assert values(command.environment) == {
        "CUDA_LAUNCH_BLOCKING": "maybe 1", "PYTHONHASHSEED": "?", "TF_DETERMINISTIC_OPS": "1",
    }  # fmt: skip


def test_stages_of_a_recipe() -> None:
    text = """
    . ./path.sh || exit 1
    . ./cmd.sh
    stage=1
    if [ ${stage} -le 1 ]; then
        log "Stage 1"
        python3 local/prepare.py data
    fi
    if [ ${stage} -le 2 ]; then
        ${train_cmd} JOB=1:4 exp/train.JOB.log python3 -m espnet2.bin.asr_train --seed 0
    fi
    """
    assert [item for item in lines(text) if "!" not in item] == ["maybe local/prepare.py data"]


def test_a_sweep_in_the_background() -> None:
    text = """
    for seed in 1 2; do
      for lr in 0.1 0.01; do
        python train.py --seed=$seed --lr=$lr --name="run-$seed" > "logs/$seed-$lr.txt" 2>&1 &
      done
    done
    wait
    python plot.py
    """
    assert lines(text) == ["train.py ? ? ?", "plot.py"]


def test_a_tuned_allocator() -> None:
    assert environment("LD_PRELOAD=libtcmalloc.so KMP_AFFINITY=granularity=fine,compact,1,0 python train.py") == {
        "LD_PRELOAD": "libtcmalloc.so", "KMP_AFFINITY": "granularity=fine,compact,1,0",
    }  # fmt: skip


def test_a_documented_command_is_no_command() -> None:
    text = """
    # Usage: PYTHONHASHSEED=0 python train.py
    cat <<'END'
    Run it with
        PYTHONHASHSEED=0 python train.py
    END
    echo "PYTHONHASHSEED=0 python train.py"
    printf '%s\\n' 'export PYTHONHASHSEED=0' >> ~/.bashrc
    """
    launch = launched(text)
    assert (launch.commands, launch.environment) == ((), ())
