#!/usr/bin/env bash
#SBATCH --job-name=mobilevit
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@60
#SBATCH --requeue
#SBATCH --open-mode=append
# One shard. submit.sh sets the variables: Slurm runs a copy of this file, which has no neighbours.
#
# The number of shards is SHARDS and not SLURM_ARRAY_TASK_COUNT, which is 1 for one that is submitted again by itself.
# srun, because Slurm sends SIGTERM to steps, not to the children of this script. --resume from the first start, for a task that
# was requeued must not need another command; where nothing was stopped, it does nothing.
set -uo pipefail
srun "$MOBILEVIT" classify "$PICTURES" --recursive --model "$MODEL" --threads "$SLURM_CPUS_PER_TASK" \
    --shard "$SLURM_ARRAY_TASK_ID/$SHARDS" --output "$RESULTS/part-$SLURM_ARRAY_TASK_ID-of-$SHARDS.$FORMAT" --resume
status=$?
case $status in
    # Complete, but some pictures failed: their rows say why, and afterok must not wait for better ones.
    1) exit 0 ;;
    # Stopped by SIGTERM, as --signal sends it before the time is over: the rows are kept, and the task goes on with them.
    130)
        [ "${SLURM_RESTART_COUNT:-0}" -ge 20 ] ||
            scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
        ;;
esac
exit $status
