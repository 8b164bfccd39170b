using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Tests.Data;

namespace NasFarm.Search.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static readonly JsonElement Document = JsonSerializer.Deserialize<JsonElement>("""{"trained": 12, "epoch": 9, "note": "ä\"b"}""");

    private static IEnumerable<TensorEntry> Tensors() =>
    [
        TensorEntry.Of("weights", [2, 3], [1f, -2f, float.NaN, float.NegativeInfinity, 1e-40f, 3.5f]),
        TensorEntry.Of("mask", [3], [1, 0, 255]),
        TensorEntry.Of("step", [], [long.MaxValue]),
        TensorEntry.Of("alphas", [1, 2], [.25f, -.125f]),
        TensorEntry.Of("empty", [0, 4], ReadOnlySpan<float>.Empty),
    ];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back_to_the_bit()
    {
        var written = Safetensors.Write(folder["a"], Tensors(), Document);
        var read = Safetensors.Read(folder["a"], written.Sha256);

        Assert.Equal(written, read.File);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["a"]))), written.Sha256);
        Assert.Equal(["alphas", "empty", "mask", "step", "weights"], read.Tensors.Keys);
        foreach (var entry in Tensors())
        {
            var back = read.Tensors[entry.Name];
            Assert.Equal((entry.Type, string.Join(',', entry.Shape)), (back.Type, string.Join(',', back.Shape)));
            Assert.Equal(entry.Bytes.ToArray(), back.Bytes.ToArray());
        }

        Assert.Equal(long.MaxValue, read.Tensors["step"].Integers[0]);
        Assert.Equal([.25f, -.125f], read.Tensors["alphas"].Floats.ToArray());
        Assert.Contains("holds F32, not I64", Assert.Throws<InvalidOperationException>(() => read.Tensors["alphas"].Integers.Length).Message);
        Assert.Equal("ä\"b", read.Document.GetProperty("note").GetString());
    }

    [Fact]
    public void Equal_content_gives_equal_bytes_whatever_the_order_and_place()
    {
        var first = Safetensors.Write(folder["a"], Tensors(), Document);
        var second = Safetensors.Write(folder["b"], Tensors().Reverse(), JsonSerializer.Deserialize<JsonElement>("""{"note":"ä\"b","epoch":9,   "trained":12}"""));
        Assert.Equal(first, second);
        Assert.Equal(File.ReadAllBytes(folder["a"]), File.ReadAllBytes(folder["b"]));
    }

    [Fact]
    public void The_layout_never_changes()
    {
        Safetensors.Write(folder["a"], [TensorEntry.Of("b", [1], [1f]), TensorEntry.Of("a", [2], [7, 8]), TensorEntry.Of("c", [], [2L])], Document);
        var bytes = File.ReadAllBytes(folder["a"]);
        const string header = """{"__metadata__":{"format":"pt","nasfarm":"{\u0022epoch\u0022:9,\u0022note\u0022:\u0022\u00E4\\\u0022b\u0022,\u0022trained\u0022:12}"},"a":{"dtype":"U8","shape":[2],"data_offsets":[12,14]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"c":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""";
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal(padded.Length, BinaryPrimitives.ReadInt64LittleEndian(bytes));
        Assert.Equal(padded, Encoding.UTF8.GetString(bytes, 8, padded.Length));
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 7, 8], bytes[(8 + padded.Length)..]);
    }

    [Fact]
    public void A_rewrite_replaces_the_file_and_leaves_no_temporary_one()
    {
        Safetensors.Write(folder["a"], Tensors(), Document);
        var second = Safetensors.Write(folder["a"], [], Document);
        Assert.Equal(second, Safetensors.Read(folder["a"]).File);
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failed_write_keeps_the_old_file_and_leaves_no_temporary_one()
    {
        var good = Safetensors.Write(folder["a"], Tensors(), Document);
        Assert.Throws<IOException>(() => DurableFile.Write(folder["a"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        Assert.Equal(good, Safetensors.Read(folder["a"]).File);
        Assert.Equal([folder["a"]], Directory.GetFiles(folder.Path));
        Assert.Throws<DirectoryNotFoundException>(() => Safetensors.Write(folder["absent/a"], Tensors(), Document));
    }

    [Fact]
    public void A_second_writer_is_refused_and_the_first_finishes()
    {
        DurableFile.Write(folder["a"], first =>
        {
            first.WriteByte(1);
            Assert.Throws<IOException>(() => DurableFile.Write(folder["a"], second => second.WriteByte(2)));
        });
        Assert.Equal([1], File.ReadAllBytes(folder["a"]));
    }

    [Fact]
    public void What_cannot_be_described_is_not_written()
    {
        void Refused(string message, params TensorEntry[] tensors) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["a"], tensors, Document)).Message);

        Refused("Two tensors are called 'x'", TensorEntry.Of("x", [1], [1f]), TensorEntry.Of("x", [1], [1L]));
        Refused("Tensor 'x': F32 of shape [3] takes 12 bytes, not 4", TensorEntry.Of("x", [3], [1f]));
        Refused("Tensor 'x': F32 of shape [-1]", TensorEntry.Of("x", [-1], [1f]));
        Refused("'__metadata__'", TensorEntry.Of("__metadata__", [1], [1f]));
        Assert.Contains("'a' twice", Assert.Throws<ArgumentException>(() => Safetensors.Write(folder["a"], [], JsonSerializer.Deserialize<JsonElement>("""{"a":1,"a":2}"""))).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    public static TheoryData<string, string, long?, int, string> DamagedHeaders => new()
    {
        { "header too long", """{}""", 3_000, 0, "header (offset 8): it should take 3000 bytes, but only 2 follow: the file is cut off." },
        { "header absurd", """{}""", 100_000_001, 0, "header length (offset 0): it says 100000001 bytes; 2 to 100000000 are possible." },
        { "header negative", """{}""", -1, 0, "header length (offset 0): it says -1 bytes" },
        { "not JSON", """{"a":""", null, 0, "header (offset 8): it is not JSON" },
        { "not an object", """[1]""", null, 0, "header (offset 8): it is a JSON Array; it must be an object." },
        { "no document", """{"__metadata__":{"format":"pt"}}""", null, 0, "header, __metadata__.nasfarm: there is no such text" },
        { "document not JSON", """{"__metadata__":{"nasfarm":"{"}}""", null, 0, "header, __metadata__.nasfarm: it is not JSON" },
        { "unknown type", Header("""{"dtype":"F16","shape":[2],"data_offsets":[0,4]}"""), null, 4, "tensor 'x': its dtype is \"F16\"; it must be F32, I64 or U8." },
        { "no type", Header("""{"shape":[1],"data_offsets":[0,4]}"""), null, 4, "tensor 'x': its dtype is absent" },
        { "type by number", Header("""{"dtype":"0","shape":[1],"data_offsets":[0,4]}"""), null, 4, "tensor 'x': its dtype is \"0\"" },
        { "shape not a list", Header("""{"dtype":"F32","shape":1,"data_offsets":[0,4]}"""), null, 4, "tensor 'x': its shape is not a list of sizes." },
        { "one offset", Header("""{"dtype":"F32","shape":[1],"data_offsets":[0]}"""), null, 4, "tensor 'x': its data_offsets are not two numbers." },
        { "offset beyond the end", Header("""{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"""), null, 4, "tensor 'x': its data_offsets are [0, 8], but 4 bytes follow the header." },
        { "shape and bytes differ", Header("""{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"""), null, 4, "tensor 'x': F32 of shape [2] takes 8 bytes; its data_offsets hold 4." },
        { "shape overflows", Header("""{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"""), null, 0, "tensor 'x': F32 of shape [4294967296, 4294967296]" },
        { "name twice", Header("""{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}"""), null, 2, "tensor 'x': the header names it twice." },
        { "overlap", Header("""{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}"""), null, 3, "tensor 'y': it begins at data offset 1; the tensors before it end at 2: they overlap." },
        { "gap", Header("""{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}"""), null, 3, "tensor 'y': it begins at data offset 2; the tensors before it end at 1: they leave a gap." },
        { "trailing bytes", Header("""{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"""), null, 3, "end of file: the tensors take 1 bytes, but 3 follow the header." },
    };

    [Theory, MemberData(nameof(DamagedHeaders))]
    public void A_damaged_file_is_named_with_its_place(string because, string header, long? saysLength, int dataBytes, string message)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, saysLength ?? text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(folder["a"], bytes);

        var error = Assert.Throws<CheckpointDamagedException>(() => Safetensors.Read(folder["a"]));
        Assert.True(error.Message.StartsWith($"Checkpoint {folder["a"]}, {message}", StringComparison.Ordinal), $"{because}: {error.Message}");
    }

    [Fact]
    public void Every_cut_is_noticed_even_without_a_recorded_hash()
    {
        Safetensors.Write(folder["a"], Tensors(), Document);
        var bytes = File.ReadAllBytes(folder["a"]);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["a"], bytes[..length]);
            Assert.Throws<CheckpointDamagedException>(() => Safetensors.Read(folder["a"]));
        }
    }

    [Fact]
    public void A_changed_bit_is_noticed_with_the_recorded_hash()
    {
        var written = Safetensors.Write(folder["a"], Tensors(), Document);
        var bytes = File.ReadAllBytes(folder["a"]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder["a"], bytes);
        var error = Assert.Throws<CheckpointDamagedException>(() => Safetensors.Read(folder["a"], written.Sha256));
        Assert.Contains($"whole file: its {bytes.Length} bytes have SHA-256", error.Message);
        Assert.EndsWith($"recorded was {written.Sha256}.", error.Message);
    }

    [Fact]
    public void An_absent_file_is_named() =>
        Assert.EndsWith("file: it does not exist.", Assert.Throws<CheckpointDamagedException>(() => Safetensors.Read(folder["gone/a"])).Message);

    private static string Header(string x) => $$"""{"__metadata__":{"nasfarm":"{}"},"x":{{x}}}""";
}
