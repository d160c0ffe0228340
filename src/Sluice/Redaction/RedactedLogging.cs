using Microsoft.Extensions.DependencyInjection.Extensions;
using Sluice.Hosting;

namespace Sluice.Redaction;

/// <summary>Sets the program's logging up so that nothing reaches a provider but through a <see cref="RedactingProvider"/>.</summary>
internal static class RedactedLogging
{
    internal static void AddRedactedLogging(this ILoggingBuilder logging, ServerSettings settings, IConfiguration configuration)
    {
        logging.ClearProviders();
        // The slim host has set another formatter by code, which would win over the configured one.
        if (!settings.QuietConsole)
            logging.AddConsole(console => console.FormatterName = configuration["Logging:Console:FormatterName"]);
        if (settings.LogTo is { } provider)
            logging.AddProvider(provider);

        var services = logging.Services;
        for (var index = 0; index < services.Count; index++)
        {
            if (services[index].ServiceType == typeof(ILoggerProvider))
                services[index] = Wrap(services, services[index]);
        }
    }

    private static ServiceDescriptor Wrap(IServiceCollection services, ServiceDescriptor provider)
    {
        if (provider.ImplementationType is { } type)
            services.TryAddSingleton(type);
        return ServiceDescriptor.Singleton<ILoggerProvider>(all => new RedactingProvider(
            (ILoggerProvider)(provider.ImplementationInstance ?? provider.ImplementationFactory?.Invoke(all) ?? all.GetRequiredService(provider.ImplementationType!))));
    }
}
