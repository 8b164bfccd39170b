using System.Security.Cryptography;
using System.Text.Json;

namespace NasFarm.Catalog.Units;

/// <summary>Everything outside the specification that can change the bits of a result. A unit resumes only on an equal one.</summary>
public sealed record NumericsFingerprint
{
    /// <summary>libtorch version and build, e.g. <c>1.13.1 debian</c>.</summary>
    public required string Libtorch { get; init; }

    /// <summary>BLAS library and core type as loaded.</summary>
    public required string Blas { get; init; }

    /// <summary>Instruction-set level that the dispatchers are pinned to, e.g. <c>avx2</c>.</summary>
    public required string InstructionSet { get; init; }

    /// <summary>Intra-operation threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Element type and TF32 switch, e.g. <c>float32</c>.</summary>
    public required string ElementType { get; init; }

    /// <summary>Memory layout, <c>nchw</c> or <c>nhwc</c>.</summary>
    public required string Layout { get; init; }

    /// <summary><c>cpu</c> or <c>cuda</c> with model name.</summary>
    public required string Device { get; init; }

    /// <summary>CUDA and cuDNN versions; null on CPU.</summary>
    public string? Cuda { get; init; }

    /// <summary>Tensor backend the code was compiled against: <c>NasFarm.Torch</c> or <c>TorchSharp</c>.</summary>
    public required string Backend { get; init; }

    /// <summary>SHA-256 over the JSON of this record, first 16 hex digits.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, CatalogJson.Compact)))[..16];
}
