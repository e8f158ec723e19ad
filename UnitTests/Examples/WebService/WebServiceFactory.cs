using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using MlNetMobileViT.WebService;

namespace MlNetMobileViT.UnitTests;

/// <summary>The example of a web service on a real server at a port of its own: limits of size and time are the server's.</summary>
internal sealed class WebServiceFactory : WebApplicationFactory<ServiceOptions>
{
    private readonly (string Name, string Value)[] _settings;

    public WebServiceFactory(params (string Name, string Value)[] settings)
    {
        _settings = settings;
        UseKestrel(0);
        StartServer();
    }

    /// <summary>The server's address.</summary>
    public Uri Address => ClientOptions.BaseAddress;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach ((string name, string value) in _settings)
        {
            builder.UseSetting(name, value);
        }
    }
}
