using MlNetMobileViT.Examples;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
