using System.Runtime.InteropServices.Marshalling;
using TorchSharp;

namespace NasFarm.Torch.Interop;

/// <summary>Passes a tensor as its handle and keeps it alive during the call; a null tensor is a null handle, both ways.</summary>
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
internal static class TensorMarshaller
{
    public ref struct In
    {
        private torch.Tensor? tensor;

        public void FromManaged(torch.Tensor? managed) => tensor = managed;

        public readonly nint ToUnmanaged() => tensor is null ? 0 : tensor.Handle;

        public readonly void Free() => GC.KeepAlive(tensor);
    }

    public static class Out
    {
        public static torch.Tensor? ConvertToManaged(nint handle) => handle == 0 ? null : torch.Tensor.UnsafeCreateTensor(handle);
    }
}

/// <summary>Lists of tensors as arrays of handles. The caller keeps the list alive until the native call has returned.</summary>
internal static class Handles
{
    /// <summary>Null entries become null handles.</summary>
    public static nint[] Of(IReadOnlyList<torch.Tensor?> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
        return handles;
    }

    /// <summary>Null handles become null entries.</summary>
    public static torch.Tensor?[] Adopt(ReadOnlySpan<nint> handles)
    {
        var tensors = new torch.Tensor?[handles.Length];
        for (var i = 0; i < tensors.Length; i++) tensors[i] = handles[i] == 0 ? null : torch.Tensor.UnsafeCreateTensor(handles[i]);
        return tensors;
    }
}
