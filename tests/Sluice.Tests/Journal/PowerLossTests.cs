using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class PowerLossTests
{
    private const int Seeds = 400;
    private const int Crashes = 4;

    [Fact]
    public async Task Every_returned_append_is_there_exactly_once_and_every_other_wholly_or_not_at_all_wherever_the_power_fails()
    {
        var promised = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            try
            {
                promised += await CrashRepeatedly(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }

        Assert.True(promised > Seeds * Crashes, $"The workload is too small to prove anything: {promised} appends.");
    }

    [Fact]
    public async Task Power_may_fail_at_every_single_step_of_a_workload_that_crosses_segments()
    {
        var step = 0;
        var reached = true;
        while (reached)
        {
            step++;
            var disk = new FaultyDisk { PowerLossAt = step };
            var ledger = new CrashLedger();
            await Work(disk, ledger, seed: 5, appenders: 1, appends: 30);
            reached = !disk.HasPower;
            disk.LosePower(step);
            await using var journal = JournalHouse.Open(disk);
            ledger.Verify(journal);
        }

        Assert.InRange(step, 60, 1000);
    }

    [Fact]
    public async Task Nothing_returned_is_lost_when_the_disk_keeps_only_what_was_flushed()
    {
        var disk = new FaultyDisk();
        var ledger = new CrashLedger();
        disk.PowerLossAt = 90;
        await Work(disk, ledger, seed: 1, appenders: 3, appends: 100);

        disk.LosePower();

        await using var journal = JournalHouse.Open(disk);
        ledger.Verify(journal);
        Assert.True(ledger.Promised > 10);
    }

    private static async Task<int> CrashRepeatedly(int seed)
    {
        var random = new Random(seed);
        var disk = new FaultyDisk { WriteBack = new Random(seed) };
        var ledger = new CrashLedger();
        for (var crash = 0; crash < Crashes; crash++)
        {
            disk.PowerLossAt = disk.Steps + random.Next(1, 80);
            MakeWritesFail(disk, random);
            await Work(disk, ledger, random.Next(), appenders: random.Next(1, 5), appends: random.Next(5, 25));
            // Half the time the machine goes down, half the time only the process; the disk then keeps what was written.
            if (random.Next(2) == 0)
                disk.LosePower(random.Next());
            else
                disk.Repair();
            await using var journal = JournalHouse.Open(disk);
            ledger.Verify(journal);
        }

        return ledger.Promised;
    }

    private static void MakeWritesFail(FaultyDisk disk, Random random)
    {
        var faultyWrite = disk.Writes + random.Next(1, 30);
        var faultyCreation = random.Next(3) == 0;
        var fault = random.Next(8) switch
        {
            0 => WriteFault.Short,
            1 => WriteFault.Full,
            2 => WriteFault.PartlyThenFull,
            3 => WriteFault.WhollyThenFull,
            _ => WriteFault.None,
        };
        disk.OnWrite = number => number == faultyWrite ? fault : WriteFault.None;
        disk.IsFullFor = _ => faultyCreation && disk.Steps % 2 == 0;
        var failingFlush = random.Next(4) == 0 ? disk.Flushes + random.Next(2, 30) : -1;
        disk.FailsFlush = number => number == failingFlush;
    }

    private static async Task Work(FaultyDisk disk, CrashLedger ledger, int seed, int appenders, int appends)
    {
        EventJournal journal;
        try
        {
            journal = JournalHouse.Open(disk);
        }
        catch (Exception e) when (e is IOException or JournalFullException)
        {
            return;
        }

        await using (journal)
            await Task.WhenAll(Enumerable.Range(0, appenders).Select(i => Task.Run(() => Append(journal, ledger, new Random(seed + i), appends))));
    }

    private static async Task Append(EventJournal journal, CrashLedger ledger, Random random, int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            var name = ledger.NextName();
            try
            {
                ledger.Returned(name, await journal.AppendAsync(CrashLedger.Records(name, random.Next(1, 5), random.Next(700))));
            }
            catch (JournalFullException)
            {
                ledger.Refused(name);
            }
            catch (JournalBrokenException)
            {
                return;
            }
        }
    }
}
