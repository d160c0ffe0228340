using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Audience.Backfills;
using Sluice.Audience.Bulk;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Deliveries;
using Sluice.Audience.Deliveries.Send;
using Sluice.Audience.Deliveries.Streams;
using Sluice.Audience.Deliveries.Webhooks;
using Sluice.Audience.DerivedSignals;
using Sluice.Audience.Destinations;
using Sluice.Audience.Engine;
using Sluice.Audience.Events;
using Sluice.Audience.Families;
using Sluice.Audience.Folders;
using Sluice.Audience.Groups;
using Sluice.Audience.Lookup;
using Sluice.Audience.Mappings;
using Sluice.Audience.MergeRules;
using Sluice.Audience.Models;
using Sluice.Audience.PartnerSites;
using Sluice.Audience.Previews;
using Sluice.Audience.Reference;
using Sluice.Audience.Regions;
using Sluice.Audience.Reports;
using Sluice.Audience.Schemas;
using Sluice.Audience.Segments;
using Sluice.Audience.Taxonomy;
using Sluice.Audience.Traits;
using Sluice.Audience.TraitTypes;
using Sluice.Audience.Users;

namespace Sluice.Audience;

/// <summary>The door's registrations and routes.</summary>
public static class AudienceModule
{
    internal static readonly ApiDocument Description = new("audience", typeof(AudienceModule).Assembly);

    /// <summary>Under which the paths lie that the original has nothing like.</summary>
    internal const string OwnBase = "/api/sluice/v1";

    private static readonly string[] Bases = ["/v1", "/api/v1", "/portal/api/v1"];

    /// <summary>The names by which this door holds a journal back, so that nothing goes before it is applied.</summary>
    public static IReadOnlyList<string> JournalConsumers => [EventApplier.Consumer];

    /// <summary>Registers the opened door.</summary>
    public static IServiceCollection AddAudience(this IServiceCollection services, AudienceRuntime audience, AudienceOptions options) => services
        .AddSingleton(audience)
        .AddSingleton(options)
        .AddHostedService<CatalogueFollower>()
        .AddSingleton<EngineMetrics>()
        .AddHostedService<EngineService>()
        .AddHostedService<BackfillService>()
        .AddSingleton<TargetClient>()
        .AddSingleton<DeliveryMetrics>()
        .AddSingleton<ChangeStreams>()
        .AddHostedService<DeliveryService>();

    /// <summary>Tidies paths of this API; stands before routing.</summary>
    public static IApplicationBuilder UseAudiencePaths(this IApplicationBuilder app) => app.UseMiddleware<AudiencePaths>();

    /// <summary>Whether a path is of this API, be it a version that is not served (contract audience.md 1.3).</summary>
    public static bool Owns(PathString requestPath)
    {
        var path = requestPath.Value ?? "";
        if (path.StartsWith(OwnBase + "/destinations/", StringComparison.Ordinal) || path.StartsWith(OwnBase + "/segment-change", StringComparison.Ordinal))
            return true;
        foreach (var root in Bases)
        {
            var digits = root.Length - 1;
            if (!path.StartsWith(root[..digits], StringComparison.Ordinal))
                continue;
            var end = digits;
            while (end < path.Length && char.IsAsciiDigit(path[end]))
                end++;
            if (end > digits && (end == path.Length || path[end] == '/'))
                return true;
        }
        return false;
    }

    /// <summary>Whether a path is of the event calls, which have an answer of their own for addresses that are too long (contract audience.md 5.3).</summary>
    public static bool TakesEvents(PathString requestPath) => EventRoutes.Owns(requestPath.Value ?? "");

    /// <summary>Answers a fault that no route answered, in this API's words (contract audience.md 1.4, Ruling 5).</summary>
    public static Task AnswerFaultAsync(HttpContext http, int status, string message)
    {
        var code = status switch { 413 => "body_too_large", 500 => "server_error", 503 => "unavailable", _ => "bad_request" };
        return AudienceAnswers.Refuse(new AudienceProblem(status, code, message)).ExecuteAsync(http);
    }

    /// <summary>Maps every family under <c>/v1</c> and its aliases (contract audience.md 1.3, 3.0), their description and the page that shows it.</summary>
    public static IEndpointRouteBuilder MapAudience(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<AudienceOptions>().Limits;
        var (access, clock) = (routes.ServiceProvider.GetRequiredService<AccessRuntime>(), routes.ServiceProvider.GetRequiredService<TimeProvider>());
        var (dataSources, traits, segments) = (new DataSourceFamily(limits), new TraitFamily(limits), new SegmentFamily(limits));
        var (signals, sites, traitTypes) = (new DerivedSignalFamily(limits), new PartnerSiteFamily(limits), new TraitTypeFamily(limits));
        var (models, categories, regions) = (new ModelFamily(limits), new CategoryFamily(), new RegionFamily());
        var (destinations, users, groups) = (new DestinationFamily(limits), new UserFamily(access.Accounts), new GroupFamily(access.Groups));
        var (writes, mergeRules) = (new MappingWrites(limits), new MergeRuleFamily(limits));
        var mappings = new MappingFamily(destinations, writes);
        var (traitFolders, segmentFolders) = (new FolderFamily(Kinds.TraitFolders, limits), new FolderFamily(Kinds.SegmentFolders, limits));
        var schemas = new SchemaFamily(
            ObjectSchema.Of(dataSources), ObjectSchema.Of(traits), ObjectSchema.Of(segments), ObjectSchema.Of(signals), ObjectSchema.Of(sites),
            ObjectSchema.Of(traitTypes), ObjectSchema.Of(models), ObjectSchema.Of("category", categories), ObjectSchema.Of("region", regions),
            ObjectSchema.Of(traitFolders), ObjectSchema.Of(segmentFolders), ObjectSchema.Of(mergeRules), ObjectSchema.Of(destinations), ObjectSchema.Of(mappings), ObjectSchema.Of("user", users), ObjectSchema.Of("group", groups));
        var bulk = new BulkFamilies(
            new BulkFamily<DataSource>(dataSources, "dataSourceId"), new BulkFamily<TraitType>(traitTypes, "pixelType"),
            new BulkFamily<PartnerSite>(sites, "siteId"), new BulkFamily<DerivedSignal>(signals, "derivedSignalId"),
            new BulkFamily<Folder>(traitFolders, "folderId"), new BulkFamily<Folder>(segmentFolders, "folderId"),
            new BulkFamily<MergeRule>(mergeRules, "mergeRuleDataSourceId"), new BulkFamily<Trait>(traits, "sid"), new BulkFamily<Segment>(segments, "sid"), new BulkFamily<Model>(models, "algoModelId"),
            new BulkFamily<Destination>(destinations, "destinationId"), new BulkFamily<Mapping>(mappings, "mappingId"));
        var backfills = new BackfillRoutes(traits, clock);
        backfills.Map(Api(routes, "/api/sluice/v1"));
        foreach (var path in Bases)
        {
            var api = Api(routes, path);
            api.MapDataSources(dataSources);
            new FolderRoutes(traitFolders).Map(api, "/folders/traits", segments);
            new FolderRoutes(segmentFolders).Map(api, "/folders/segments", segments);
            api.MapTraits(traits, limits, access.Accounts);
            api.MapSegments(segments, limits);
            new SegmentPreviews(segments, clock).Map(api);
            backfills.MapPreview(api);
            api.MapDestinations(destinations, mappings, writes, limits, clock);
            new UserRoutes(users, access.Accounts).Map(api);
            new GroupRoutes(groups, access.Groups).Map(api);
            new PermissionRoutes(access.Groups).Map(api);
            api.MapFamily("/merge-rules", mergeRules);
            api.MapFamily("/signals/derived", signals);
            api.MapFamily("/partner-sites", sites);
            api.MapFamily("/customer-trait-types", traitTypes);
            api.MapTaxonomy(categories);
            api.MapModels(models, limits);
            api.MapReadFamily("/dcs-regions", regions);
            api.MapSchemas(schemas);
            api.MapLimits(limits);
            new ReportRoutes(destinations).Map(api);
            api.MapVisitorProfile();
            new BulkRoutes(bulk).Map(api);
            new ConfigurationRoutes(bulk).Map(api);
        }
        var own = Api(routes, OwnBase);
        own.MapDeliveries();
        own.MapChanges(routes.ServiceProvider.GetRequiredService<ChangeStreams>());
        new ChangeWebhookRoutes(routes.ServiceProvider.GetRequiredService<AudienceOptions>().AllowLoopbackTargets, clock).Map(own);
        own.MapProfiles();
        Api(routes, "/data/core/ups", AccessArea.Collection).MapEntities();
        Api(routes, "/data/core/identity", AccessArea.Collection).MapIdentities();
        EventRoutes.Map(routes, routes.ServiceProvider.GetService<Func<AudienceEnvironment, EventEngine>>() ?? (environment => environment.Engine?.Calls ?? EventEngine.Absent));
        Description.MapOn(routes, Bases.Select(path => path + "/openapi.json"));
        routes.MapReferencePage(Bases);
        return routes;
    }

    private static RouteGroupBuilder Api(IEndpointRouteBuilder routes, string path, AccessArea area = AccessArea.Audience)
    {
        var group = routes.MapGroup(path).RequireCaller(area);
        group.AddEndpointFilterFactory((factory, next) =>
        {
            var services = factory.ApplicationServices;
            var (audience, accounts) = (services.GetRequiredService<AudienceRuntime>(), services.GetRequiredService<AccessRuntime>().Accounts);
            var escapes = services.GetRequiredService<AudienceOptions>().HtmlEscape;
            return async context =>
            {
                var http = context.HttpContext;
                http.Features.Set(audience.FindEnvironment(RequestEnvironment.Of(http)) ?? throw new UnreachableException("Access knows an environment that is not there."));
                if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
                    await accounts.ActAsUserAsync(http);
                if (escapes)
                    HtmlEscapedBody.PutOn(http);
                return await next(context);
            };
        });
        return group;
    }
}
