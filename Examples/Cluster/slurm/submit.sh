#!/usr/bin/env bash
# Submits the job array that classifies the pictures, and the job that joins its parts when all of them are complete.
# Change these lines, or set the variables before: MODEL=s SHARDS=32 ./submit.sh
set -euo pipefail
export MOBILEVIT="${MOBILEVIT:-/shared/mobilevit/MlNetMobileViT.Tool}" # one published build, see README.md
export MODEL="${MODEL:-/shared/mobilevit_s.onnx}"
export PICTURES="${PICTURES:-/shared/pictures}"
export RESULTS="${RESULTS:-/shared/results}"
export FORMAT="${FORMAT:-parquet}" # or csv, jsonl
export SHARDS="${SHARDS:-8}"

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$RESULTS"
array=$(sbatch --parsable --array="1-$SHARDS" --output="$RESULTS/shard-%a.log" "$here/shard.sh")
array=${array%%;*} # federations add the name of their cluster
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$RESULTS/merge.log" "$here/merge.sh")
echo "job array $array, merge job ${merge%%;*}; the result will be $RESULTS/results.$FORMAT"
