#!/usr/bin/env bash
# One shard of an Indexed Job, the first process of its container: SIGTERM arrives here, and is passed on, so that the rows that
# are done are kept and the next pod goes on with them. Indexes begin with 0, shards with 1.
set -uo pipefail
part=$((JOB_COMPLETION_INDEX + 1))
"$MOBILEVIT" classify "$PICTURES" --recursive --model "$MODEL" --threads "$THREADS" \
    --shard "$part/$SHARDS" --output "$RESULTS/part-$part-of-$SHARDS.$FORMAT" --resume &
child=$!
trap 'kill -TERM $child' TERM INT
# A signal ends a wait before the child has ended.
wait $child
status=$?
while kill -0 $child 2>/dev/null; do
    wait $child
    status=$?
done
# 1: complete, and some rows have an error.
[ $status -eq 1 ] || exit $status
