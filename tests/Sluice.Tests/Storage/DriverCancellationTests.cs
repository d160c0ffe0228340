using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Storage;

/// <summary>Who cancels what a database is asked is not made to answer for the database's driver.</summary>
public sealed class DriverCancellationTests
{
    private const string Slow = "select count(pg_sleep(600))";

    [Fact]
    public void A_driver_that_throws_when_it_is_cancelled_is_cancelled_and_nobody_else_hears_of_it()
    {
        using var outer = new CancellationTokenSource();
        using var driver = new DriverCancellation(outer.Token);
        var wasTold = false;
        driver.Token.Register(() => wasTold = true);
        driver.Token.Register(() => throw new ObjectDisposedException("a lock of the driver's"));

        outer.Cancel();

        Assert.True(driver.Token.IsCancellationRequested);
        Assert.True(wasTold);
    }

    [Fact]
    public void What_is_over_hears_of_no_cancellation()
    {
        using var outer = new CancellationTokenSource();
        var driver = new DriverCancellation(outer.Token);
        driver.Token.Register(() => throw new InvalidOperationException("cancelled after its end"));
        driver.Dispose();

        outer.Cancel();
    }

    [Fact]
    public async Task A_read_and_a_write_that_run_end_when_they_are_cancelled()
    {
        await using var store = await TestStore.OpenAsync(StoreKind.Postgres); // what SQLite runs cannot be cancelled
        foreach (var way in new Func<CancellationToken, Task>[]
        {
            token => store.Sql.ReadAsync(session => session.FindAsync<long>(Slow), token),
            token => store.Sql.WriteAsync(session => session.FindAsync<long>(Slow), token),
        })
        {
            using var outer = new CancellationTokenSource();
            var asked = Task.Run(() => way(outer.Token), TestContext.Current.CancellationToken);
            await Until.SeenAsync(() => RunningAsync(store.Sql), running => running == 1);
            await outer.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
            await Until.SeenAsync(() => RunningAsync(store.Sql), running => running == 0);
        }
    }

    // How many of the slow ones the database is busy with.
    private static Task<long> RunningAsync(SqlStore store) => store.ReadAsync(
        session => session.FindAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query = @Slow", new { Slow }), CancellationToken.None);
}
