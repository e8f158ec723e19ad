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

    private static string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        GraphStyle[] styles =
        [
            new(64, 64),
            new(64, 96, Batch: 2),
            new(64, 64, CvnetsLayerNorm: false),
            new(64, 64, DynamicSize: true),
            new(64, 64, Portable: true),
            new(64, 64, Precision: WeightPrecision.Float16),
        ];
        foreach (GraphStyle style in styles)
        {
            Append(TestModels.Tiny, style, ModelOutputs.Default, ["ant", "bee", "cat", "dog", "eel"]);
        }

        // Large enough for the convolutions that are split.
        Append(MobileViTVariants.Get("xxs"), new GraphStyle(256, 256), ModelOutputs.Stages, []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(MobileViTArchitecture architecture, GraphStyle style, IReadOnlyList<string> outputs, IReadOnlyList<string> labels)
        {
            var model = TestModels.Formula(architecture, style, outputs, labels);
            model.ProducerVersion = "";
            hash.AppendData(model.ToByteArray());
        }
    }
}
