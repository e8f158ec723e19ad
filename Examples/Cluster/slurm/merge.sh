#!/usr/bin/env bash
#SBATCH --job-name=mobilevit-merge
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --mem=4G
#SBATCH --time=01:00:00
# Joins the parts in the order of a run without shards, and proves that every picture is there exactly once.
set -uo pipefail
srun "$MOBILEVIT" merge "$RESULTS"/part-*-of-"$SHARDS.$FORMAT" --output "$RESULTS/results.$FORMAT"
status=$?
# 1: complete, and some rows have an error.
[ $status -eq 1 ] || exit $status
