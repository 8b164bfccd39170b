using System.CommandLine;
using NasFarm.Cli.Farms;
using NasFarm.Cli.Remote;
using NasFarm.Server.Api;
using NasFarm.Server.Auth;
using Spectre.Console;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm login</c> and <c>logout</c>: the token for a server, kept in a file of this user.</summary>
internal static class LoginCommand
{
    public static Command Login()
    {
        var url = new Argument<string>("URL") { Description = "Address of a server, like https://farm.lab:8180." };
        var file = new Option<FileInfo?>("--token-file") { Description = "Read the token from this file. Default: asked for, or read from standard input where that is no terminal.", HelpName = "FILE" };
        var usual = new Option<bool>("--default") { Description = "From now on commands ask this server when neither options nor the environment name a farm." };
        var plain = new Option<bool>("--plain-http") { Description = "Send the token over http beyond this machine: whoever is on the way reads it." };
        var command = new Command("login", "Show a server a token, and keep it for the commands that ask that server. Without a token: a server on this machine that asks for none.") { url, file, usual, plain };
        command.SetAction(async (parsed, cancel) =>
        {
            var address = ServerAddress.Parse(parsed.GetRequiredValue(url), "URL");
            if (address.IsPlain && !parsed.GetValue(plain))
                throw address.PlainRefusal();
            var logins = Logins.Read();
            var token = await TokenAsync(parsed.GetValue(file), cancel) is { Length: > 0 } given ? given : null;
            await using var server = new FarmPlace.Server(address, token, IsDefault: false).Open();
            var me = await server.ReadMeAsync(cancel);
            logins.With(address, new(token, parsed.GetValue(plain)), parsed.GetValue(usual)).Write();
            Console.WriteLine($"Logged in at {address} as {me.Name}: {Roles(me)}. It is release {me.ServerVersion}; this program is {CodeVersion.Current}.");
            Console.WriteLine(parsed.GetValue(usual) ? "Commands ask it when nothing else is named." : $"Commands ask it with '--server {address}', or where {FarmPlace.ServerVariable} is that.");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Logout()
    {
        var url = new Argument<string?>("URL") { Description = "Address of a server. Default: the only one there is a login for.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("logout", "Forget the token for a server. The token stays valid: 'nasfarm token revoke' ends it.") { url };
        command.SetAction(parsed =>
        {
            var logins = Logins.Read();
            var address = parsed.GetValue(url) is { } given ? ServerAddress.Parse(given, "URL").ToString()
                : logins.Servers.Count == 1 ? logins.Servers.Keys.Single()
                : throw new InputException(logins.Servers.Count == 0 ? "You are logged in nowhere." : $"You are logged in at {string.Join(", ", logins.Servers.Keys.Order())}; name one.");
            if (!logins.Servers.ContainsKey(address))
                throw new InputException($"You are not logged in at {address}.");
            logins.Without(address).Write();
            Console.WriteLine($"The token for {address} is forgotten.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string> TokenAsync(FileInfo? file, CancellationToken cancel)
    {
        if (file is not null)
            return file.Exists ? (await File.ReadAllTextAsync(file.FullName, cancel)).Trim() : throw new InputException($"There is no file {file.FullName} with a token.");
        if (Console.IsInputRedirected)
            return (await Console.In.ReadLineAsync(cancel) ?? "").Trim();
        // On standard error, so that standard output stays the command's; nothing of what is typed is shown.
        var terminal = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });
        return (await new TextPrompt<string>("Token (empty: none):").Secret(null).AllowEmpty().ShowAsync(terminal, cancel)).Trim();
    }

    private static string Roles(Me me) => string.Join(", ", me.Roles.OrderBy(role => role.Key, StringComparer.Ordinal)
        .Select(role => $"{Tokens.Word(role.Value)} {(role.Key == NasFarm.Server.Access.Caller.EveryTenant ? "in every tenant" : $"in tenant {role.Key}")}"));
}
