using System.Net.Http.Json;
using MlNetMobileViT.WebService;

namespace MlNetMobileViT.UnitTests;

/// <summary>Uploads that mean no good leave the service serving.</summary>
[TestClass]
public sealed class HostileUploadTests
{
    [TestMethod]
    public async Task After_a_thousand_hostile_uploads_the_labels_are_right()
    {
        await using var service = new WebServiceFactory(("MaxUploads", "32"), ("MaxSeconds", "6"));
        using HttpClient client = service.CreateClient();
        HostileUploads.Upload[] uploads = new HostileUploads(service.Address, client).All();
        Assert.HasCount(1000, uploads);

        var wrong = new List<string>();
        await Parallel.ForEachAsync(uploads, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (upload, _) =>
        {
            int status = await upload.SendAsync();
            if (!upload.Expected.Contains(status))
            {
                lock (wrong)
                {
                    wrong.Add($"{upload.What}: {status}");
                }
            }
        });

        Assert.IsEmpty(wrong, string.Join('\n', wrong.CountBy(static line => line).Select(static line => $"{line.Value} × {line.Key}")));
        foreach (string sample in Demo.Samples)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(sample)), "files", "a.jpg" } };
            using HttpResponseMessage response = await client.PostAsync("/classify", form);
            ClassifyResponse classes = (await response.Content.ReadFromJsonAsync<ClassifyResponse>())!;
            Assert.AreEqual(Path.GetFileNameWithoutExtension(sample).Replace('_', ' '), classes.Results[0].Predictions![0].Label);
        }
    }
}
