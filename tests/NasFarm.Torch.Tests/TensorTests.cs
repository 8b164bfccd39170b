using System.Runtime.InteropServices;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class TensorTests
{
    [Fact]
    public void A_tensor_tells_what_it_is()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Assert.Equal([2L, 3], x.shape);
        Assert.Equal([3L, 1], x.stride());
        Assert.Equal((2L, 2L, 6L, 8L), (x.ndim, x.dim(), x.numel(), x.element_size()));
        Assert.Equal((2L, 3L, 3L), (x.size(0), x.size(1), x.size(-1)));
        Assert.Throws<ExternalException>(() => x.size(2));
        Assert.Equal(int64, x.dtype);
        Assert.Equal("cpu", x.device.ToString());
        Assert.True(x is { is_leaf: true, requires_grad: false, is_cuda: false, IsInvalid: false });
        Assert.True(x.is_contiguous());
        Assert.False(x.transpose(0, 1).is_contiguous());
    }

    [Fact]
    public void Creation_follows_shape_type_and_value()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(float32, zeros([2]).dtype);
        Assert.Equal([2.5, 2.5], full([2], 2.5, float64).data<double>().ToArray());
        Assert.Equal([1f, 1f], Golden.Floats(ones_like(zeros([2]))));
        Assert.Equal([0L], zeros_like(ones([1]), int64).data<long>().ToArray());
        Assert.Equal([4L, 0], empty([4, 0]).shape);
        Assert.Equal([3L], empty_like(ones([3])).shape);
        Assert.True(ones([1], requires_grad: true).requires_grad);
        Assert.Equal(7, tensor(7).item<int>());
        Assert.Equal(7L, tensor(7L).item<long>());
        Assert.Equal(0.1, tensor(0.1).item<double>());
        Assert.Equal([true, false], tensor([true, false]).data<bool>().ToArray());
        Assert.Equal([1f, 255f], Golden.Floats(tensor(new byte[] { 1, 255 }, float32)));
        var error = Assert.Throws<ArgumentException>(() => tensor([1f, 2f], [3]));
        Assert.Contains("2 values do not fill the shape [3]", error.Message);
    }

    [Fact]
    public void The_data_is_copied_at_creation()
    {
        using var scope = NewDisposeScope();
        float[] values = [1, 2];
        var x = tensor(values);
        values[0] = 9;
        Assert.Equal([1f, 2f], Golden.Floats(x));
    }

    [Fact]
    public void Elements_are_read_and_written_through_any_strides()
    {
        using var scope = NewDisposeScope();
        var x = arange(6, float32).view(2, 3);
        var turned = x.transpose(0, 1);
        Assert.Equal([0f, 3, 1, 4, 2, 5], turned.data<float>().ToArray());
        var data = turned.data<float>();
        data[2, 0] = 20;
        data[1] = 30;
        Assert.Equal([0f, 1, 20, 30, 4, 5], x.data<float>().ToArray());
        data.CopyFrom([7, 8], tensorIndex: 4);
        Assert.Equal([0f, 1, 7, 30, 4, 8], x.data<float>());
        Assert.Equal(7f, x[0L, 2L].item<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => data[6]);
        Assert.Throws<ArgumentException>(() => x.data<double>());
    }

    [Fact]
    public void Item_wants_one_element_of_its_type()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => ones([2]).item<float>());
        Assert.Throws<ArgumentException>(() => ones([1]).item<double>());
        Assert.Equal(1, (int)ones([1, 1]));
        Assert.Equal(0.5, (double)tensor(0.5f));
        Assert.True((bool)ones([1]));
    }

    [Fact]
    public void Assignment_through_an_index_writes_to_the_tensor()
    {
        using var scope = NewDisposeScope();
        var x = zeros([2, 3]);
        x[0] = ones([3]);
        x[1L, 1..3] = full([2], 5);
        Assert.Equal([1f, 1, 1, 0, 5, 5], Golden.Floats(x));
        x[TensorIndex.Tensor(x.gt(2))] = tensor(-1f);
        Assert.Equal([1f, 1, 1, 0, -1, -1], Golden.Floats(x));
    }

    [Fact]
    public void Converting_to_what_it_is_gives_another_owner_of_the_same_memory()
    {
        using var scope = NewDisposeScope();
        var x = ones([2]);
        var same = x.to(CPU);
        var copy = x.to(float32, copy: true);
        x.fill_(3);
        x.Dispose();
        Assert.Equal([3f, 3f], Golden.Floats(same));
        Assert.Equal([1f, 1f], Golden.Floats(copy));
        var moved = copy.to(float64, disposeAfter: true);
        Assert.True(copy.IsInvalid);
        Assert.Equal(float64, moved.dtype);
    }

    [Fact]
    public void Bytes_are_the_memory_itself()
    {
        using var scope = NewDisposeScope();
        var x = zeros([2]);
        MemoryMarshal.Cast<byte, float>(x.bytes)[1] = 4;
        Assert.Equal([0f, 4f], Golden.Floats(x));
        Assert.Throws<InvalidOperationException>(() => ones([2, 3]).transpose(0, 1).bytes.Length);
    }

    [Fact]
    public void Elements_travel_row_major_whatever_the_layout()
    {
        using var scope = NewDisposeScope();
        var x = TensorMemory.ToChannelsLast(arange(16, float32).view(1, 4, 2, 2));
        Assert.True(TensorMemory.IsChannelsLast(x));
        var values = new float[16];
        TensorMemory.CopyTo(x, values.AsSpan());
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (float)i), values);
        Array.Reverse(values);
        TensorMemory.CopyFrom<float>(x, values);
        Assert.Equal(values, Golden.Floats(x));
        var back = TensorMemory.FromSpan(MemoryMarshal.AsBytes<float>(values), [2, 8], float32);
        Assert.Equal(values, Golden.Floats(back));
        var error = Assert.Throws<ExternalException>(() => TensorMemory.CopyTo(x, new float[3].AsSpan()));
        Assert.Contains("12 bytes, the tensor 64", error.Message);
    }

    [Fact]
    public void A_bad_shape_is_an_exception_with_libtorchs_message()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones([2, 3]).add(ones([4])));
        Assert.Contains("must match the size of tensor b (4)", error.Message);
        Assert.DoesNotContain("Exception raised from", error.Message);
        Assert.Throws<ExternalException>(() => ones([2]).view(3));
    }

    [Fact]
    public void A_disposed_tensor_refuses_every_use()
    {
        var x = ones([1]);
        x.Dispose();
        x.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x.Handle);
        Assert.Throws<InvalidOperationException>(() => x.shape);
        Assert.Throws<InvalidOperationException>(() => ones([1]) + x);
    }

    [Fact]
    public void Devices_are_read_from_their_names()
    {
        Assert.Equal((DeviceType.CUDA, 1), (device("cuda:1").type, device("cuda:1").index));
        Assert.Equal("cuda:1", device("cuda:1").ToString());
        Assert.Equal("cpu", CPU.ToString());
        Assert.Throws<ArgumentException>(() => device("gpu"));
        Assert.Throws<ArgumentException>(() => device("cuda:x"));
    }
}
