using MlNetMobileViT.Conversion.Cli;

return await ConverterCommandLine.RunAsync(args, CommandHost.ForProcess());
