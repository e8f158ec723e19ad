using MlNetMobileViT.Tool;

return await MobileViTCommandLine.RunAsync(args, Terminal.OfProcess());
