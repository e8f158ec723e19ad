using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using MlNetMobileViT.Conversion;

namespace MlNetMobileViT.UnitTests;

/// <summary>Whoever changes what the converter writes raises <see cref="MobileViTConverter.GraphRevision"/>.</summary>
[TestClass]
public sealed class GraphRevisionTests
{
    [TestMethod]
    public void Other_bytes_are_another_revision()
    {
        // One line a revision: its number, and a hash over models of formula weights.
        string file = Reference.InRepository("UnitTests", "Data", "graph_revisions.txt");
        (int Revision, string Hash)[] revisions =
        [
            .. File.ReadAllLines(file).Select(static line => line.Split(' '))
                .Select(static cells => (int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1])),
        ];
        CollectionAssert.AreEqual(
            Enumerable.Range(1, MobileViTConverter.GraphRevision).ToArray(),
            Array.ConvertAll(revisions, static revision => revision.Revision));
        Assert.HasCount(revisions.Length, revisions.Select(static revision => revision.Hash).Distinct());
        string hash = Hash();
        Assert.AreEqual(
            hash,
            revisions[^1].Hash,
            $"The converter writes other bytes than before: raise {nameof(MobileViTConverter.GraphRevision)}, and add the line "
            + $"'{MobileViTConverter.GraphRevision + 1} {hash}' to {file}.");
    }

    /// <summary>Otherwise each commit would write other files, and convert anew what a cache has.</summary>
    [TestMethod]
    public void The_version_of_the_producer_does_not_change_with_every_commit() =>
        Assert.MatchesRegex(@"^\d+\.\d+\.\d+$", OnnxModel.ProducerVersion);

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] labels = ["ant", "bee", "cat", "dog", "eel"];
        Append(TestModels.Formula(TestModels.Tiny, new(64, 64), labels: labels));
        Append(TestModels.Formula(TestModels.Tiny, new(64, 96, Batch: 2), labels: labels));
        Append(TestModels.Formula(TestModels.Tiny, new(64, 64, CvnetsLayerNorm: false), labels: labels));
        Append(TestModels.Formula(TestModels.Tiny, new(64, 64, DynamicSize: true), labels: labels));
        Append(TestModels.Formula(TestModels.Tiny, new(64, 64), labels: labels, portable: true));
        Append(TestModels.Formula(TestModels.Tiny, new(64, 64), labels: labels, precision: WeightPrecision.Float16));
        Append(TestModels.Formula(MobileViTVariants.Get("xxs"), new(256, 256), ModelOutputs.Stages));
        Append(TestModels.Formula(TestModels.TinyV2, new(64, 96), labels: labels));
        Append(TestModels.Formula(TestModels.TinyV2, new(64, 64, DynamicSize: true), labels: labels));
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(ModelProto model)
        {
            model.ProducerVersion = "";
            hash.AppendData(model.ToByteArray());
        }
    }
}
