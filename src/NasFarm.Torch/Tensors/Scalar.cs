using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>A number passed to an operator; its kind takes part in type promotion. The default value means absent.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Scalar
{
    private enum Kind : long { Absent, Integer, Floating, Boolean }

    private readonly Kind kind;
    private readonly long bits;

    private Scalar(Kind kind, long bits) => (this.kind, this.bits) = (kind, bits);

    public static implicit operator Scalar(byte value) => new(Kind.Integer, value);
    public static implicit operator Scalar(int value) => new(Kind.Integer, value);
    public static implicit operator Scalar(long value) => new(Kind.Integer, value);
    public static implicit operator Scalar(float value) => new(Kind.Floating, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(double value) => new(Kind.Floating, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Scalar(bool value) => new(Kind.Boolean, value ? 1 : 0);
}
