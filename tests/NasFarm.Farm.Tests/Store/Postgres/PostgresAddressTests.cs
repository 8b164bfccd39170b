using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Farm.Tests.Store.Postgres;

public sealed class PostgresAddressTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData("postgres://ada:p%40ss@db.lab:5433/farm?sslmode=require&pool=4")]
    [InlineData("postgresql://ada:p%40ss@db.lab:5433/farm?SSL%20Mode=Require&Maximum Pool Size=4")]
    [InlineData("Host=db.lab;Port=5433;Username=ada;Password=p@ss;Database=farm;SSL Mode=Require;Maximum Pool Size=4")]
    public void Both_forms_say_the_same(string text)
    {
        var address = PostgresAddress.Parse(text);
        var connection = address.Connection(Wait);

        Assert.True(PostgresAddress.Is(text));
        Assert.Equal(("db.lab", 5433, "ada", "p@ss", "farm", Npgsql.SslMode.Require),
            (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database, connection.SslMode));
        Assert.Equal(4, address.MostConnections);
        Assert.Equal((7, 7, false), (connection.Timeout, connection.CommandTimeout, connection.Pooling));
        Assert.Equal("-c idle_in_transaction_session_timeout=7000 -c jit=off", connection.Options);
        Assert.Equal("PostgreSQL database farm on db.lab:5433", address.ToString());
    }

    [Fact]
    public void What_is_given_stays()
    {
        var connection = PostgresAddress.Parse("Host=db;Command Timeout=90;Options=-c work_mem=8MB;Application Name=lab").Connection(Wait);

        Assert.Equal((90, "lab"), (connection.CommandTimeout, connection.ApplicationName));
        Assert.StartsWith("-c work_mem=8MB -c idle", connection.Options);
        Assert.Equal(16, PostgresAddress.Parse("Host=db").MostConnections);
    }

    [Theory]
    [InlineData("postgres://ada:secret@db/farm?colour=blue", "'colour'")]
    [InlineData("postgres://ada:secret@db:notaport/farm", "cannot be read")]
    [InlineData("Host=db;Password=secret;Colour=blue", "cannot be read")]
    [InlineData("Host=db;Password=secret;Port=many", "cannot be read")]
    [InlineData("Password=secret;Host=", "names no host")]
    public void What_cannot_be_read_is_refused_without_the_password(string text, string sentence)
    {
        var refused = Assert.Throws<ArgumentException>(() => PostgresAddress.Parse(text));

        Assert.Contains(sentence, refused.Message);
        Assert.DoesNotContain("secret", refused.ToString());
    }

    [Theory]
    [InlineData("farm.db")]
    [InlineData("/var/lib/postgres/farm.db")]
    [InlineData("mysql://db/farm")]
    public void Other_texts_are_no_address_of_it(string text) => Assert.False(PostgresAddress.Is(text));
}
