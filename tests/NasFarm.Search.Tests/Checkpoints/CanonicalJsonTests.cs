using System.Text;
using System.Text.Json;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Search.Tests.Checkpoints;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : [ 1, 2.50, -1E-7 ], "a" : { "z": null, "Z": true } }""", """{"a":{"Z":true,"z":null},"b":[1,2.50,-1E-7]}""")]
    [InlineData("\"\\u00e4\\n\"", "\"ä\\n\"")]
    [InlineData("[]", "[]")]
    public void One_spelling_per_document(string written, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Bytes(JsonSerializer.Deserialize<JsonElement>(written))));
}
