namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>The tests that share one server, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<SharedPostgres>
{
    public const string Name = "PostgreSQL";
}

/// <summary>The server of a test run; none where PostgreSQL is not installed, and then every test that asks for it is skipped.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private PostgresServer? server;

    public PostgresServer Server => server ?? throw new InvalidOperationException(PostgresServer.Absent);

    public async Task InitializeAsync() => server = PostgresServer.Absent is null ? await PostgresServer.StartAsync() : null;

    public async Task DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}

/// <summary>A test with a PostgreSQL server.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Absent;
}

/// <summary>A class of <see cref="StoreFactAttribute"/>s with a PostgreSQL server.</summary>
public sealed class NeedsPostgresAttribute : NeedsAttribute
{
    public override string? Absent => PostgresServer.Absent;
}
