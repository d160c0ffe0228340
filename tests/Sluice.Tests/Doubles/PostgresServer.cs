using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sluice.Tests.Doubles;

/// <summary>A real PostgreSQL on a loopback port with data in a temporary folder, started by the first test that wants it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";

    private static readonly Lazy<Task<PostgresServer?>> Shared = new(StartAsync);
    private static int _databases;

    private readonly string _folder;
    private readonly NpgsqlDataSource _admin;

    private PostgresServer(string folder, int port)
    {
        _folder = folder;
        _admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
            MaxPoolSize = 4,
        });
    }

    /// <summary>
    /// Makes a database, empty or a copy of one that nobody is connected to, and returns its connection string; skips the test when PostgreSQL is
    /// not installed.
    /// </summary>
    public static async Task<string> NewDatabaseAsync(string template = "template1")
    {
        var server = await Shared.Value;
        if (server is null && Environment.GetEnvironmentVariable("SLUICE_TESTS_SKIP_NOTHING") == "1")
            Assert.Fail("PostgreSQL 15 is not installed, and nothing may be skipped: run eng/install-test-servers");
        if (server is null)
            Assert.Skip("PostgreSQL 15 is not installed; eng/install-test-servers installs it");

        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var create = server._admin.CreateCommand($"create database {name} template {template}");
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server._admin.ConnectionString) { Database = name, MaxPoolSize = 10 }.ToString();
    }

    /// <summary>The database of a connection string.</summary>
    internal static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    /// <summary>Stops the server that tests used, if any did. Called once, after the last test.</summary>
    public static async Task StopSharedAsync()
    {
        if (Shared.IsValueCreated && await Shared.Value is { } server)
            await server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await RunAsync($"{Binaries}/pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<PostgresServer?> StartAsync()
    {
        if (!File.Exists($"{Binaries}/initdb"))
            return null;
        var folder = Directory.CreateTempSubdirectory("sluice-postgres-").FullName;
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", folder); // not through runuser: this needs root itself
        var port = FreePort();
        await RunAsync($"{Binaries}/initdb", "-D", $"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        // No durability: what tests write may be lost with the machine, and they run three times as fast. No autovacuum: it goes through
        // every database there is once a minute, and each test leaves one.
        await RunAsync($"{Binaries}/pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log", "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c autovacuum=off -c max_connections=200", "start");
        return new PostgresServer(folder, port);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    // PostgreSQL refuses to run as root.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        var asPostgres = Environment.UserName == "root" && program.StartsWith('/');
        var start = new ProcessStartInfo(asPostgres ? "runuser" : program)
        {
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (asPostgres)
        {
            foreach (var one in new[] { "-u", "postgres", "--", program })
                start.ArgumentList.Add(one);
        }
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (program.EndsWith("pg_ctl", StringComparison.Ordinal))
            start.RedirectStandardError = false; // the server it starts would keep the pipe open

        using var process = Process.Start(start)!;
        var error = start.RedirectStandardError ? await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}");
    }
}
