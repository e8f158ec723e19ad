using MlNetMobileViT.Examples.Commands;
using MlNetMobileViT.Examples.Display;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
