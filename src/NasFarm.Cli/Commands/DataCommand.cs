using System.CommandLine;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm data</c>: which data sets are here, and how to get the others.</summary>
internal static class DataCommand
{
    public static Command Create() => new("data", "List, verify, import and fetch data sets.") { List(), Verify(), Import(), Fetch() };

    private static Command List()
    {
        var (data, json) = (Options.Data(), Options.Json());
        var command = new Command("list", "Show every data set there is, where it was found, or why it cannot be used.") { data, json };
        command.SetAction(parsed =>
        {
            var listings = Library(parsed.GetValue(data)).List();
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(listings, CatalogJson.Pretty));
            foreach (var set in parsed.GetValue(json) ? [] : listings)
                Console.WriteLine(set.Info is { } info
                    ? $"{set.Name,-18} {info.TrainImages,7} + {info.TestImages,6} images{(info.Complete ? "" : " (a part)")}  {info.ContentHash[..12]}  {set.Folder}"
                    : $"{set.Name,-18} not here: {set.Problem}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Verify()
    {
        var (name, data) = (Name(), Options.Data());
        var command = new Command("verify", "Read a set again, hash it, and compare it with the published checksums.") { name, data };
        command.SetAction(parsed =>
        {
            var verified = Library(parsed.GetValue(data)).Verify(parsed.GetRequiredValue(name));
            Print(verified);
            return verified.Files.Any(f => f.Verdict == ChecksumVerdict.Differs) ? ExitCodes.BadInput : ExitCodes.Done;
        });
        return command;
    }

    private static Command Import()
    {
        var (name, data, unverified) = (Name(), Options.Data(), Unverified());
        var folder = new Argument<DirectoryInfo>("FOLDER") { Description = "Holds the publisher's files, packed with gzip or not." };
        var command = new Command("import", "Copy a set from a folder into the user's data folder, after checking it.") { name, folder, data, unverified };
        command.SetAction(parsed =>
        {
            var installed = Library(parsed.GetValue(data)).Import(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(folder).FullName, parsed.GetValue(unverified));
            Print(installed.Set);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Fetch()
    {
        var (name, data, unverified) = (Name(), Options.Data(), Unverified());
        var command = new Command("fetch", "Download a set from its official address into the user's data folder, after checking it.") { name, data, unverified };
        command.SetAction(async (parsed, cancel) =>
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(30) };
            var installed = await Library(parsed.GetValue(data)).FetchAsync(
                parsed.GetRequiredValue(name), http, parsed.GetValue(unverified), new Progress<string>(Console.Error.WriteLine), cancel);
            Print(installed.Set);
            return ExitCodes.Done;
        });
        return command;
    }

    private static DataLibrary Library(string? folder) => new(DataDirectories.Standard(folder, Environment.GetEnvironmentVariable));

    private static Argument<string> Name() => new("SET") { Description = "Name of the data set, as 'nasfarm data list' gives it." };

    private static Option<bool> Unverified() => new("--accept-unverified") { Description = "Also accept files that no recorded checksum vouches for." };

    private static void Print(VerifiedSet set)
    {
        Console.WriteLine($"{set.Info.Name} in {set.Folder}: {set.Info.TrainImages} training and {set.Info.TestImages} test images, content {set.Info.ContentHash}");
        foreach (var file in set.Files)
            Console.WriteLine($"  {Path.GetFileName(file.Path)}: {file.Sentence}");
    }
}
