Console.WriteLine("Sluice");
