using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Sluice.Hosting;
using Sluice.Tls;

namespace Sluice.Cli;

/// <summary><c>doctor</c>: looks at this machine and a data folder the way a server that starts there would, changes nothing, and says what to do.</summary>
internal static class DoctorCommand
{
    private const long LowBytes = 5L << 30;
    private const long FullBytes = 256L << 20;
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(30); // tokens are refused from Access:ClockSkew on, a minute
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal static Command Build()
    {
        var arguments = new ServerArguments();
        var json = new Option<bool>("--json") { Description = "Print JSON for programs instead of lines for people." };
        var server = new Option<string?>("--server") { Description = "A running server to ask too: whether it is ready, and how far its clock is from ours. Default: that of --urls." };
        var command = new Command("doctor", "Looks whether a server can run here, and whether one that runs is well; changes nothing. Takes the settings of serve.\n\nExample: sluice doctor --data ./sluice-data") { json, server };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (arguments.Read(parsed, out var settings) is { } fault)
            {
                await error.WriteLineAsync(fault);
                return ExitCode.Usage;
            }
            var findings = await ExamineAsync(settings, parsed.GetValue(server), cancellation);
            if (parsed.GetValue(json))
                await output.WriteLineAsync(new JsonArray([.. findings.Select(one => (JsonNode)new JsonObject { ["check"] = one.Check, ["result"] = Word(one.Result), ["text"] = one.Text })]).ToJsonString());
            else
            {
                foreach (var one in findings)
                    await output.WriteLineAsync($"{Word(one.Result),-5} {one.Check,-12} {one.Text}");
            }
            return findings.Any(one => one.Result == Health.Fails) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }

    private static async Task<List<Finding>> ExamineAsync(ServerSettings settings, string? server, CancellationToken cancellation)
    {
        var findings = new List<Finding> { new("version", Health.Well, $"Sluice {typeof(DoctorCommand).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}") };
        DoctorSubject subject;
        try
        {
            subject = DoctorSubject.Of(settings);
        }
        catch (Exception failure) when (SluiceServer.IsStartFault(failure))
        {
            findings.Add(new("settings", Health.Fails, $"{failure.Message}. Mend this setting: serve does not start with it"));
            return findings;
        }
        var address = server ?? subject.Urls.Split(';')[0].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("*", "127.0.0.1", StringComparison.Ordinal);
        var running = await AskAsync(address, findings, cancellation);
        findings.AddRange(Folder(subject.Data));
        findings.Add(await StoreAsync(subject, cancellation));
        if (!running)
            findings.AddRange(subject.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Port));
        if (subject.Tls.Certificate is not null)
            findings.Add(Certificate(subject.Tls));
        return findings;
    }

    // The server's own word on its journals and stores, and its clock by the Date of its answer.
    private static async Task<bool> AskAsync(string address, List<Finding> findings, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            return false;
        using var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = Patience }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(server, "/health/ready"), cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (!text.StartsWith("{\"status\":", StringComparison.Ordinal))
            {
                findings.Add(new("server", Health.Fails, $"What answers at {server} is not Sluice. Stop it, or use another address"));
                return true;
            }
            findings.Add(answer.IsSuccessStatusCode
                ? new("server", Health.Well, $"One is ready at {server}")
                : new("server", Health.Fails, $"The one at {server} says that it is failing: {JsonNode.Parse(text)?["faults"]?.ToJsonString()}. See its log"));
            if (answer.Headers.Date is { } theirs)
            {
                var skew = (TimeProvider.System.GetUtcNow() - theirs).Duration();
                findings.Add(skew <= MaxSkew
                    ? new("clock", Health.Well, "Ours and the server's agree")
                    : new("clock", Health.Doubtful, $"Ours is {skew.TotalSeconds:N0} s from the server's. Let both machines follow a time server; tokens are refused when it grows"));
            }
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            findings.Add(new("server", Health.Doubtful, $"None answers at {server}. That is as it should be before a start"));
            return false;
        }
    }

    private static IEnumerable<Finding> Folder(string data)
    {
        var folder = Path.GetFullPath(data);
        var existing = folder;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing)!;
        var probe = Path.Combine(existing, $".sluice-doctor-{Guid.NewGuid():N}");
        Finding rights;
        try
        {
            File.WriteAllText(probe, "x");
            File.Delete(probe);
            rights = existing == folder ? new("data", Health.Well, $"{folder} can be written") : new("data", Health.Doubtful, $"{folder} is not there; the first start makes it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            rights = new("data", Health.Fails, $"{existing} cannot be written: {failure.Message}. Give the user that serves the right to");
        }
        yield return rights;
        if (existing == folder && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            yield return new("data", Health.Doubtful, $"{folder} can be read by every user of this machine, and it holds secrets. chmod o-rwx {folder}");
        var free = new DriveInfo(existing).AvailableFreeSpace;
        yield return free < FullBytes ? new("disk", Health.Fails, $"{free / 1e6:N0} MB are free; requests are refused when the disk is full. Make room")
            : free < LowBytes ? new("disk", Health.Doubtful, $"{free / 1e9:N1} GB are free; a journal may take 16 GB (Journal:MaxBytes)")
            : new("disk", Health.Well, $"{free / 1e9:N1} GB are free");
        foreach (var journal in existing == folder ? Directory.EnumerateDirectories(folder).Select(one => Path.Combine(one, "journal")).Where(Directory.Exists) : [])
            yield return Journal(journal);
    }

    private static Finding Journal(string folder)
    {
        try
        {
            var (files, bytes) = (0, 0L);
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("lock", StringComparison.Ordinal)))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                _ = file.ReadByte();
                (files, bytes) = (files + 1, bytes + file.Length);
            }
            return new("journal", Health.Well, $"{folder}: {files} files of {bytes / 1e6:N1} MB can be read");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new("journal", Health.Fails, $"{folder} cannot be read: {failure.Message}. Give its files to the user that serves");
        }
    }

    private static async Task<Finding> StoreAsync(DoctorSubject subject, CancellationToken cancellation)
    {
        if (subject.Postgres is null)
            return File.Exists(Path.Combine(subject.Data, "credentials.json"))
                ? new("store", Health.Well, "SQLite, in the data folder")
                : new("store", Health.Doubtful, "SQLite; the data folder has none yet, the first start makes it");
        try
        {
            await using var connection = new Npgsql.NpgsqlConnection(subject.Postgres);
            await connection.OpenAsync(cancellation);
            return connection.PostgreSqlVersion.Major >= 15
                ? new("store", Health.Well, $"PostgreSQL {connection.PostgreSqlVersion} answers")
                : new("store", Health.Fails, $"PostgreSQL {connection.PostgreSqlVersion} answers; 15 is the oldest that serves. Upgrade it");
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or ArgumentException or IOException or TimeoutException or SocketException)
        {
            return new("store", Health.Fails, $"PostgreSQL does not answer: {Redaction.Redactor.Redact(failure.Message)}. Look at Storage:Postgres, and whether it runs");
        }
    }

    private static Finding Port(string url)
    {
        var address = BindingAddress.Parse(url);
        var ip = IPAddress.TryParse(address.Host, out var given) ? given : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(ip, address.Port);
            listener.Start();
            return new("port", Health.Well, $"{url} is free");
        }
        catch (SocketException failure)
        {
            return new("port", Health.Fails, $"{url} cannot be listened on: {failure.Message}. Stop what has it, or give other --urls");
        }
    }

    private static Finding Certificate(TlsSettings settings)
    {
        try
        {
            var certificate = ServerCertificate.Open(CertificateContent.Read(settings), settings);
            var left = certificate.ValidUntil - TimeProvider.System.GetUtcNow();
            return left <= TimeSpan.Zero ? new("certificate", Health.Fails, $"It expired at {certificate.ValidUntil:u}. Renew it; a running server takes the new one by itself")
                : left < CertificateService.ExpiresSoon ? new("certificate", Health.Doubtful, $"It expires at {certificate.ValidUntil:u}. Renew it")
                : new("certificate", Health.Well, $"{certificate.Leaf.Subject}, valid until {certificate.ValidUntil:u}");
        }
        catch (Exception failure) when (failure is CertificateFaultException or IOException or UnauthorizedAccessException)
        {
            return new("certificate", Health.Fails, $"{failure.Message}. Mend Tls:Certificate or Tls:Key");
        }
    }

    private static string Word(Health health) => health switch { Health.Well => "ok", Health.Doubtful => "warn", _ => "fail" };

    private enum Health
    {
        Well,
        Doubtful,
        Fails,
    }

    /// <summary>What one look brought, and what to do about it.</summary>
    private sealed record Finding(string Check, Health Result, string Text);
}

/// <summary>What a server of some settings would use.</summary>
internal sealed record DoctorSubject(string Urls, string Data, string? Postgres, TlsSettings Tls)
{
    internal static DoctorSubject Of(ServerSettings settings)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables("SLUICE__").AddInMemoryCollection(settings.Overrides).Build();
        var tls = configuration.GetSection("Tls").Get<TlsSettings>() ?? new TlsSettings();
        if (tls.Fault is { } fault)
            throw new InvalidOperationException(fault);
        var postgres = configuration["Storage:Postgres"];
        return new DoctorSubject(
            Listening.Read(settings, configuration).Urls, settings.Data ?? configuration["Storage:Data"] ?? "sluice-data", string.IsNullOrEmpty(postgres) ? null : postgres, tls);
    }
}
