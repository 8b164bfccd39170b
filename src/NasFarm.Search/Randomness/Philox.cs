using System.Runtime.CompilerServices;

namespace NasFarm.Search.Randomness;

/// <summary>Philox4x32-10, a counter-based generator: a keyed bijection of 128-bit counters that passes BigCrush.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, §4.3.</summary>
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint WeylGoldenRatio = 0x9E3779B9;
    private const uint WeylSquareRootOf3 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Four random words for one counter under one key. The same arguments always give the same words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = (
                (uint)(product1 >> 32) ^ c1 ^ key0, (uint)product1,
                (uint)(product0 >> 32) ^ c3 ^ key1, (uint)product0);
            key0 += WeylGoldenRatio;
            key1 += WeylSquareRootOf3;
        }

        return (c0, c1, c2, c3);
    }
}
