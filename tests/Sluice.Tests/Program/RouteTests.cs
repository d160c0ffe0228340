using System.CodeDom.Compiler;
using System.Reflection;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>What routes are made of: code compiled with the program, so that nobody's first request waits for it.</summary>
public sealed class RouteTests
{
    [Fact]
    public async Task No_route_is_compiled_while_the_program_runs()
    {
        await using var house = await TestHouse.StartAsync();

        var routes = house.Routes.Where(route => route.Metadata.GetMetadata<MethodInfo>() is not null).ToList();

        Assert.NotEmpty(routes);
        Assert.Empty(routes.Where(route => route.Metadata.GetMetadata<GeneratedCodeAttribute>() is null).Select(route => route.DisplayName));
    }
}
