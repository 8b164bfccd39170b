using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using NasFarm.Torch.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array of libtorch. Dispose it, or let a <see cref="DisposeScope"/>; the finaliser is the last resort.</summary>
    [NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IDisposable
    {
        internal DisposeScope? scope;
        internal Tensor? previous;
        internal Tensor? next;
        private nint handle;

        private Tensor(nint handle)
        {
            this.handle = handle;
            DisposeScope.Register(this);
        }

        ~Tensor() => Release();

        /// <summary>Takes over a native <c>at::Tensor*</c>.</summary>
        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        /// <summary>The native <c>at::Tensor*</c>, owned by this object.</summary>
        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("the tensor has been disposed");

        /// <summary>True after disposal.</summary>
        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            scope?.Remove(this);
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released != 0) Ops.nf_free(released);
        }

        /// <summary>Leaves the tensor to the scope around its own, or to nobody.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            scope?.MoveToOuter(this);
            return this;
        }

        /// <summary>No scope disposes the tensor any more.</summary>
        public Tensor DetachFromDisposeScope()
        {
            scope?.Detach(this);
            return this;
        }

        public long ndim => Ops.nf_ndim(this);

        public long dim() => ndim;

        public long numel() => Ops.nf_numel(this);

        public long element_size() => Ops.nf_element_size(this);

        public ScalarType dtype => Ops.nf_dtype(this);

        public DeviceType device_type => Ops.nf_device_type(this);

        public Device device => device_type == DeviceType.CPU ? CPU : new Device(device_type, Ops.nf_device_index(this));

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_leaf => Ops.nf_is_leaf(this) != 0;

        public bool is_contiguous() => Ops.nf_is_contiguous(this) != 0;

        public bool requires_grad
        {
            get => Ops.nf_requires_grad(this) != 0;
            set => Ops.Check(Ops.nf_set_requires_grad(this, value ? 1 : 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>The gradient that <c>backward</c> has summed up, as a new tensor object over the same memory; null before.</summary>
        public Tensor? grad
        {
            get
            {
                Ops.Check(Ops.nf_grad(this, out var result));
                return result;
            }
            set => Ops.Check(Ops.nf_set_grad(this, value));
        }

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[ndim];
                fixed (long* first = sizes) Ops.Check(Ops.nf_sizes(this, first));
                return sizes;
            }
        }

        public long[] size() => shape;

        /// <param name="dim">Negative counts from the end.</param>
        /// <exception cref="ExternalException">The tensor has no such dimension.</exception>
        public long size(int dim) => Along(shape, dim);

        public unsafe long[] stride()
        {
            var strides = new long[ndim];
            fixed (long* first = strides) Ops.Check(Ops.nf_strides(this, first));
            return strides;
        }

        public long stride(int dim) => Along(stride(), dim);

        private static long Along(long[] values, int dim) =>
            dim >= -values.Length && dim < values.Length
                ? values[dim < 0 ? dim + values.Length : dim]
                : throw new ExternalException($"Dimension out of range (the tensor has {values.Length}, got {dim})");

        /// <summary>The value of a tensor of one element; waits for the device.</summary>
        /// <exception cref="ArgumentException">More than one element, or elements that are no <typeparamref name="T"/>.</exception>
        public unsafe T item<T>() where T : unmanaged
        {
            CheckElementType<T>();
            if (numel() != 1) throw new ArgumentException($"item needs one element, the tensor has {numel()}");
            T value;
            Ops.Check(Ops.nf_copy_to_host(this, &value, sizeof(T)));
            return value;
        }

        /// <summary>The elements of a CPU tensor in row-major order; writing through it writes to the tensor.</summary>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            CheckElementType<T>();
            return new TensorAccessor<T>(this);
        }

        /// <summary>The memory of a contiguous CPU tensor.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous()) throw new InvalidOperationException("bytes needs a contiguous tensor: call contiguous() first");
                Ops.Check(Ops.nf_data(this, out var data));
                return new Span<byte>((void*)data, checked((int)(numel() * element_size())));
            }
            set
            {
                var target = bytes;
                if (value.Length != target.Length) throw new ArgumentException($"{value.Length} bytes given, the tensor has {target.Length}");
                value.CopyTo(target);
            }
        }

        public static explicit operator float(Tensor value) => (float)value.Convert<double>();
        public static explicit operator double(Tensor value) => value.Convert<double>();
        public static explicit operator int(Tensor value) => checked((int)value.Convert<long>());
        public static explicit operator long(Tensor value) => value.Convert<long>();
        public static explicit operator bool(Tensor value) => value.Convert<bool>();

        private T Convert<T>() where T : unmanaged
        {
            using var converted = to(ScalarTypeOf<T>());
            return converted.item<T>();
        }

        public override string ToString() => IsInvalid ? "disposed tensor" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        // == makes a tensor, as in TorchSharp; objects are compared by reference.
        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        internal void CheckElementType<T>() where T : unmanaged
        {
            if (ScalarTypeOf<T>() != dtype) throw new ArgumentException($"elements are {dtype}, not {typeof(T).Name}");
        }
    }
}
