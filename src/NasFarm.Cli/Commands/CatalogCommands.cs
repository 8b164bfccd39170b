using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.Catalogs;
using NasFarm.Catalog;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Farm.Manifests;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm methods</c> and <c>nasfarm spaces</c>: what a manifest may name, explained from the catalogs.</summary>
internal static class CatalogCommands
{
    public static Command Methods() => Create("methods", "List the search methods, or explain one: idea, source, spaces, every setting.",
        MethodCatalog.All, m => m.Name, MethodPage.List, MethodPage.Render, MethodEntry.Of);

    public static Command Spaces() => Create("spaces", "List the search spaces, or explain one: operations, nodes, edges, published cells.",
        SearchSpaces.All, s => s.Name, SpacePage.List, SpacePage.Render, SpaceEntry.Of);

    private static Command Create<T, TEntry>(
        string name, string description, IReadOnlyList<T> all, Func<T, string> nameOf, Func<IReadOnlyList<T>, string> list, Func<T, string> page, Func<T, TEntry> entry)
    {
        var which = new Argument<string?>("NAME") { Description = "As manifests name it. Default: all of them.", Arity = ArgumentArity.ZeroOrOne };
        var json = Options.Json();
        var command = new Command(name, description) { which, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(which) is not { } wanted)
            {
                Console.Write(parsed.GetValue(json) ? Json(all.Select(entry).ToList()) : list(all));
                return ExitCodes.Done;
            }
            var found = all.Where(item => nameOf(item) == wanted).ToList();
            if (found.Count == 0)
            {
                throw new InputException($"There is no {name[..^1]} '{wanted}'" + (Nearest.To(wanted, all.Select(nameOf)) is { } near
                    ? $"; did you mean '{near}'?" : $"; {name} are {string.Join(", ", all.Select(nameOf))}."));
            }
            Console.Write(parsed.GetValue(json) ? Json(entry(found[0])) : page(found[0]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Json<TValue>(TValue value) => JsonSerializer.Serialize(value, CatalogJson.Pretty) + "\n";
}
