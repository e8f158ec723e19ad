using System.Diagnostics;
using System.Globalization;

namespace MlNetMobileViT.UnitTests;

/// <summary>The files of <c>Examples/Cluster/kubernetes</c>: the script of a pod is run, the jobs are read.</summary>
[TestClass]
public sealed class KubernetesTests
{
    private static readonly string Folder = Reference.InRepository("Examples", "Cluster", "kubernetes");

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task The_merged_parts_are_a_single_run_though_a_pod_was_stopped_and_replaced()
    {
        using var folder = new TemporaryFolder();
        string pictures = ClusterPictures.Draw(folder);
        byte[] expected = await ClusterPictures.ScoreAlone(folder, pictures);
        string[] parts = [folder.PathOf("part-1-of-2.parquet"), folder.PathOf("part-2-of-2.parquet")];

        using (Process stopped = Process.Start(Pod(folder, pictures, 0))!)
        {
            var journal = new FileInfo(parts[0] + ".partial");
            while (!stopped.HasExited && !(journal.Exists && journal.Length > 2000))
            {
                await Task.Delay(10);
                journal.Refresh();
            }

            Shell.Run("kill", "-TERM", $"{stopped.Id}");
            await stopped.WaitForExitAsync();
            Assert.AreEqual(130, stopped.ExitCode);
        }

        Assert.IsTrue(File.Exists(parts[0] + ".partial"));
        for (int index = 0; index < 2; index++)
        {
            ExampleRun pod = ExampleRun.Of(Pod(folder, pictures, index));
            Assert.AreEqual(0, pod.ExitCode, pod.Error);
            Assert.AreEqual(index == 0, pod.Error.Contains("resuming: "), pod.Error);
        }

        CommandRun merge = await CommandRun.Of(["merge", .. parts, "--output", folder.PathOf("merged.parquet")], "");
        Assert.AreEqual(1, merge.ExitCode, merge.Error);
        CollectionAssert.AreEqual(expected, await File.ReadAllBytesAsync(folder.PathOf("merged.parquet")));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_pod_that_cannot_work_says_so()
    {
        using var folder = new TemporaryFolder();
        Assert.AreEqual(2, ExampleRun.Of(Pod(folder, folder.PathOf("gone"), 0)).ExitCode);
    }

    [TestMethod]
    public void The_jobs_have_what_an_indexed_job_needs()
    {
        ILookup<string, string> shards = Fields("shards.yaml");
        ILookup<string, string> merge = Fields("merge.yaml");
        foreach (ILookup<string, string> job in new[] { shards, merge })
        {
            Assert.AreEqual("batch/v1", job["apiVersion"].Single());
            Assert.AreEqual("Job", job["kind"].Single());
            Assert.AreEqual("Never", job["spec.template.spec.restartPolicy"].Single());
            CollectionAssert.IsSubsetOf(
                job["spec.template.spec.containers.volumeMounts.name"].ToArray(), job["spec.template.spec.volumes.name"].ToArray());
        }

        Assert.AreEqual("Indexed", shards["spec.completionMode"].Single());
        // A shard that cannot work ends by this limit, and not by its exit code: 2 may be a disk that was full for a while.
        Assert.IsGreaterThan(0, int.Parse(shards["spec.backoffLimitPerIndex"].Single(), CultureInfo.InvariantCulture));
        Assert.AreEqual("Ignore", shards["spec.podFailurePolicy.rules.action"].Single());
        Assert.AreEqual("limits.cpu", shards["spec.template.spec.containers.env.valueFrom.resourceFieldRef.resource"].Single());
        string count = shards["spec.completions"].Single();
        Assert.AreEqual(count, Variable(shards, "SHARDS"));
        Assert.AreEqual(count, Variable(merge, "SHARDS"));
        Assert.AreEqual(Variable(shards, "FORMAT"), Variable(merge, "FORMAT"));
        Assert.AreEqual(Variable(shards, "RESULTS"), Variable(merge, "RESULTS"));
        Assert.AreEqual(
            shards["spec.template.spec.containers.image"].Single(), merge["spec.template.spec.containers.image"].Single());
        // Each variable that the script reads is one that the job, the image or Kubernetes sets.
        string script = File.ReadAllText(Path.Combine(Folder, "shard.sh"));
        foreach (string name in shards["spec.template.spec.containers.env.name"])
        {
            Assert.Contains($"${name}", script);
        }
    }

    private static string Variable(ILookup<string, string> job, string name)
    {
        // The one variable without a value of its own comes last.
        int index = job["spec.template.spec.containers.env.name"].ToList().IndexOf(name);
        return job["spec.template.spec.containers.env.value"].ElementAt(index);
    }

    /// <summary>
    /// The values of a YAML file by the names that lead to them. It reads the part of YAML that these files are written in: a
    /// name and a value a line, lists with a hyphen, spaces only.
    /// </summary>
    private static ILookup<string, string> Fields(string file)
    {
        var fields = new List<(string Path, string Value)>();
        var above = new Stack<(int Indent, string Path)>();
        foreach (string line in File.ReadLines(Path.Combine(Folder, file)))
        {
            string text = line.TrimStart(' ');
            if (text.StartsWith('#'))
            {
                continue;
            }

            int indent = line.Length - text.Length;
            Assert.AreEqual(0, indent % 2, line);
            for (; text.StartsWith("- ", StringComparison.Ordinal); text = text[2..])
            {
                indent += 2;
            }

            while (above.TryPeek(out var top) && top.Indent >= indent)
            {
                above.Pop();
            }

            string parent = above.TryPeek(out var found) ? found.Path : "";
            string[] parts = text.Split(": ", 2);
            bool isName = parts.Length == 2 || text.EndsWith(':');
            string path = isName ? $"{parent}.{parts[0].TrimEnd(':')}".TrimStart('.') : parent;
            if (isName && parts.Length == 1)
            {
                above.Push((indent, path));
                continue;
            }

            fields.Add((path, parts[^1].Trim('"', '\'')));
        }

        return fields.ToLookup(static field => field.Path, static field => field.Value);
    }

    private static ProcessStartInfo Pod(TemporaryFolder folder, string pictures, int index) => new("bash", [Path.Combine(Folder, "shard.sh")])
    {
        Environment =
        {
            ["MOBILEVIT"] = ClusterPictures.WriteTool(folder),
            ["JOB_COMPLETION_INDEX"] = $"{index}",
            ["SHARDS"] = "2",
            ["FORMAT"] = "parquet",
            ["THREADS"] = "1",
            ["MODEL"] = Tool.ModelSource.DemoFile,
            ["PICTURES"] = pictures,
            ["RESULTS"] = folder.Root,
        },
    };
}
