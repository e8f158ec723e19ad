using System.Diagnostics;

namespace MlNetMobileViT.UnitTests;

/// <summary>The scripts of <c>Examples/Cluster/slurm</c>, run whole, with small programs in the place of Slurm's.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class SlurmTests
{
    // Runs a job at once: its tasks one after another, each again where it asked to be requeued. As Slurm does, it runs a copy.
    private const string Sbatch = """
        echo "$*" >> "$FAKE/sbatch.log"
        tasks=0
        while [[ $1 == --* ]]; do
            case $1 in
                --array=*) tasks=$(seq "${1#--array=1-}") ;;
                --dependency=afterok:*) [ -e "$FAKE/${1##*:}.ok" ] || { echo "the dependency failed" >&2; exit 1; } ;;
                --output=*) output=${1#*=} ;;
            esac
            shift
        done
        echo >> "$FAKE/jobs"
        job=$((100 + $(wc -l < "$FAKE/jobs")))
        export SLURM_JOB_ID=$job SLURM_ARRAY_JOB_ID=$job SLURM_CPUS_PER_TASK=1 SLURM_ARRAY_TASK_ID SLURM_RESTART_COUNT
        touch "$FAKE/$job.ok"
        cp "$1" "$FAKE/spooled"
        for SLURM_ARRAY_TASK_ID in $tasks; do
            SLURM_RESTART_COUNT=0
            while :; do
                bash "$FAKE/spooled" >> "${output//%a/$SLURM_ARRAY_TASK_ID}" 2>&1 || result=$?
                [ -e "$FAKE/requeued" ] || break
                cat "$FAKE/requeued" >> "$FAKE/requeues.log"
                rm "$FAKE/requeued"
                result=0
                ((++SLURM_RESTART_COUNT))
            done
            [ "${result:-0}" -eq 0 ] || rm -f "$FAKE/$job.ok"
        done
        echo $job
        """;

    // Stops the first start of task 2 when it has rows.
    private const string Srun = """
        if [ "$SLURM_ARRAY_TASK_ID $SLURM_RESTART_COUNT" != "2 0" ]; then
            exec "$@"
        fi
        "$@" &
        while kill -0 $! && [ "$(cat "$RESULTS"/part-2-of-*.partial | wc -c)" -lt 2000 ]; do
            sleep 0.01
        done 2> /dev/null
        kill -TERM $!
        wait $!
        """;

    private const string Scontrol = """echo "$*" > "$FAKE/requeued" """;

    [TestMethod]
    public async Task The_merged_parts_are_a_single_run_though_a_task_was_stopped_and_requeued()
    {
        using var folder = new TemporaryFolder();
        string pictures = ClusterPictures.Draw(folder);
        byte[] expected = await ClusterPictures.ScoreAlone(folder, pictures);

        ExampleRun run = Submit(folder, pictures, Tool.ModelSource.DemoFile);
        string[] logs = [.. Enumerable.Range(1, 3).Select(i => File.ReadAllText(folder.PathOf("results", $"shard-{i}.log")))];
        Assert.AreEqual(0, run.ExitCode, string.Concat(logs) + run.Error);
        Assert.Contains(folder.PathOf("results", "results.parquet"), run.Output);
        Assert.AreEqual("requeue 101_2\n", File.ReadAllText(folder.PathOf("requeues.log")));
        Assert.Contains("stopped: ", logs[1]);
        Assert.Contains("resuming: ", logs[1]);
        Assert.AreEqual(1, logs.Count(static log => log.Contains(", 1 failed")), "One shard has the bad picture, and counts as done.");
        Assert.Contains("--dependency=afterok:101", File.ReadAllText(folder.PathOf("sbatch.log")));
        CollectionAssert.AreEqual(expected, File.ReadAllBytes(folder.PathOf("results", "results.parquet")));
    }

    [TestMethod]
    public void Nothing_is_merged_where_a_task_fails()
    {
        using var folder = new TemporaryFolder();
        string pictures = folder.PathOf("pictures");
        Demo.Fill(pictures, 4);
        ExampleRun run = Submit(folder, pictures, folder.PathOf("gone.onnx"));
        Assert.AreEqual("the dependency failed\n", run.Error);
        Assert.Contains("gone.onnx", File.ReadAllText(folder.PathOf("results", "shard-1.log")));
        Assert.IsFalse(File.Exists(folder.PathOf("requeues.log")));
        Assert.IsFalse(File.Exists(folder.PathOf("results", "results.parquet")));
    }

    private static ExampleRun Submit(TemporaryFolder folder, string pictures, string model)
    {
        Directory.CreateDirectory(folder.PathOf("bin"));
        ClusterPictures.WriteScript(folder.PathOf("bin", "sbatch"), Sbatch);
        ClusterPictures.WriteScript(folder.PathOf("bin", "srun"), Srun);
        ClusterPictures.WriteScript(folder.PathOf("bin", "scontrol"), Scontrol);
        return ExampleRun.Of(new ProcessStartInfo("bash", [Reference.InRepository("Examples", "Cluster", "slurm", "submit.sh")])
        {
            Environment =
            {
                ["PATH"] = $"{folder.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
                ["FAKE"] = folder.Root,
                ["MOBILEVIT"] = ClusterPictures.WriteTool(folder),
                ["MODEL"] = model,
                ["PICTURES"] = pictures,
                ["RESULTS"] = folder.PathOf("results"),
                ["SHARDS"] = "3",
            },
        });
    }
}
