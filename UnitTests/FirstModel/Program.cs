using MlNetMobileViT;
using MlNetMobileViT.Conversion;

// NAME IMAGE   the label of an image by official weights
using MobileViTModel model = await MobileViTModel.LoadOfficialAsync(args[0]);
Console.WriteLine(model.Classify(args[1])[0].Label);
