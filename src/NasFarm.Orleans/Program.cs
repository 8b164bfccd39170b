using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using NasFarm.Farm.Store;
using NasFarm.Orleans.Programs;

// nasfarm-silo: one silo of a cluster, or a client that serves people, until it is asked to stop; or it makes the tables. Exit codes: 0 stopped
// as asked or made, 1 broke, found no store or an address taken, 2 wrong settings.
SiloSettings settings;
try
{
    var file = Environment.GetEnvironmentVariable(SiloSettings.Prefix + "FILE");
    var configuration = new ConfigurationBuilder()
        .AddJsonFile(Path.GetFullPath(file ?? "nasfarm-silo.json"), optional: file is null)
        .AddEnvironmentVariables(SiloSettings.Prefix).Build();
    settings = new()
    {
        Store = Environment.GetEnvironmentVariable("NASFARM_STORE"),
        Home = Environment.GetEnvironmentVariable("NASFARM_HOME") is { Length: > 0 } home ? home : ".nasfarm",
        Artifacts = Environment.GetEnvironmentVariable("NASFARM_ARTIFACTS"),
    };
    configuration.Bind(settings, options => options.ErrorOnUnknownConfiguration = true);
    var problems = new List<ValidationResult>();
    if (!Validator.TryValidateObject(settings, new(settings), problems, validateAllProperties: true))
        throw new InvalidDataException(string.Join(Environment.NewLine, problems.Select(p => p.ErrorMessage)));
}
catch (Exception e) when (e is InvalidDataException or FileNotFoundException or InvalidOperationException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
try
{
    await (settings.IsMigration ? MigrateProgram.RunAsync(settings) : settings.IsApi ? ApiProgram.RunAsync(settings) : SiloProgram.RunAsync(settings));
    // A duty that broke has said so.
    return Environment.ExitCode;
}
// Whether an address may be listened on depends on the store, too.
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e) when (e is StoreUnavailableException or StoreUnusableException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
