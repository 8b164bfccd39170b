using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One position of an index expression: a number, a slice, a new axis, an ellipsis or a tensor of numbers.</summary>
    public readonly struct TensorIndex
    {
        // Values of the native IndexPart::Kind.
        internal enum Kind : long { NewAxis, Single, Ellipsis, Boolean, Tensor, Slice }

        internal readonly Kind kind;
        internal readonly long? start;
        internal readonly long? stop;
        internal readonly long? step;
        internal readonly Tensor? tensor;

        private TensorIndex(Kind kind, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null) =>
            (this.kind, this.start, this.stop, this.step, this.tensor) = (kind, start, stop, step, tensor);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step);

        /// <summary>End of range 0 from the end means up to the end.</summary>
        public static TensorIndex Slice(Range range) =>
            Slice(FromEnd(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : FromEnd(range.End));

        public static TensorIndex Single(long? index) => new(Kind.Single, index);

        public static TensorIndex Bool(bool value) => new(Kind.Boolean, value ? 1 : 0);

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        /// <summary>All dimensions that the other positions leave.</summary>
        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);

        /// <summary>A new dimension of size 1.</summary>
        public static readonly TensorIndex None = new(Kind.NewAxis);

        /// <summary>The whole dimension.</summary>
        public static readonly TensorIndex Colon = Slice();

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Range range) => Slice(range);
        public static implicit operator TensorIndex(Index index) => Single(FromEnd(index));

        private static long FromEnd(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }

    /// <summary>Layout of the native <c>IndexPart</c>; <see cref="long.MinValue"/> means left out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct IndexPart(TensorIndex index)
    {
        private readonly TensorIndex.Kind kind = index.kind;
        private readonly long start = index.start ?? long.MinValue;
        private readonly long stop = index.stop ?? long.MinValue;
        private readonly long step = index.step ?? long.MinValue;
        private readonly nint tensor = index.tensor?.Handle ?? 0;
    }

    public partial class Tensor
    {
        /// <summary>Python's index expressions. Numbers and slices give views; a tensor gives a copy.</summary>
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get
            {
                Ops.Check(Ops.nf_index(this, Parts(indices), indices.Length, out var result));
                GC.KeepAlive(indices);
                return result;
            }
            set
            {
                Ops.Check(Ops.nf_index_put_(this, Parts(indices), indices.Length, value));
                GC.KeepAlive(indices);
            }
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => this[Array.ConvertAll(indices, TensorIndex.Tensor)];
            set => this[Array.ConvertAll(indices, TensorIndex.Tensor)] = value;
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set
            {
                using var row = select(0, i1);
                row.copy_(value);
            }
        }

        private static IndexPart[] Parts(TensorIndex[] indices) => Array.ConvertAll(indices, index => new IndexPart(index));
    }
}
