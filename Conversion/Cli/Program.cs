using MlNetMobileViT.Conversion;

return await ConverterCommandLine.RunAsync(args, CommandHost.ForProcess());
