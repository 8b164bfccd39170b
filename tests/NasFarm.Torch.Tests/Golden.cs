using System.Runtime.CompilerServices;
using System.Text.Json;
using TorchSharp;

namespace NasFarm.Torch.Tests;

/// <summary>What PyTorch computed; golden/make_golden.py writes the files.</summary>
internal static class Golden
{
    public static JsonElement Operators { get; } = Read("operators.json");

    public static JsonElement Optimisers { get; } = Read("optimisers.json");

    private static JsonElement Read(string name, [CallerFilePath] string here = "")
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "golden", name));
        return JsonDocument.Parse(file).RootElement.GetProperty("cases").Clone();
    }

    public static torch.Tensor Tensor(JsonElement packed, bool requiresGrad = false)
    {
        var shape = packed.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var values = packed.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        return torch.tensor(values, shape, Dtype(packed)).requires_grad_(requiresGrad);
    }

    public static torch.ScalarType Dtype(JsonElement packed) => packed.GetProperty("type").GetString() switch
    {
        "f32" => torch.float32,
        "f64" => torch.float64,
        "i64" => torch.int64,
        "bool" => torch.ScalarType.Bool,
        var other => throw new InvalidDataException($"element type {other}"),
    };

    public static float[] Floats(torch.Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    /// <summary>Same type, shape, and values within a relative 1e-5: another processor may round sums otherwise.</summary>
    public static void AssertClose(JsonElement expected, torch.Tensor actual, string what)
    {
        var golden = Tensor(expected);
        Assert.True(golden.dtype == actual.dtype, $"{what}: {actual.dtype}, expected {golden.dtype}");
        Assert.True(golden.shape.SequenceEqual(actual.shape), $"{what}: {actual}, expected {golden}");
        using var difference = torch.no_grad();
        Assert.True(actual.to(torch.float64).allclose(golden.to(torch.float64), 1e-5, 1e-6, equal_nan: true),
            $"{what}: {string.Join(' ', actual.to(torch.float64).contiguous().data<double>())}, expected {string.Join(' ', golden.to(torch.float64).data<double>())}");
    }

    /// <summary>Steps between two floats on the number line.</summary>
    public static long Ulps(float a, float b) => Math.Abs((long)Ordered(a) - Ordered(b));

    private static int Ordered(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return bits < 0 ? int.MinValue - bits : bits;
    }
}
