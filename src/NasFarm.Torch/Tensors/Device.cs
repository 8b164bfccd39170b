using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A kind of device and its number; -1 is the current one.</summary>
    public class Device
    {
        public DeviceType type { get; }
        public int index { get; } = -1;

        /// <param name="description"><c>cpu</c>, <c>cuda</c> or <c>cuda:0</c>.</param>
        /// <exception cref="ArgumentException">No such kind of device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2 || !Enum.TryParse(parts[0].ToUpperInvariant(), out DeviceType kind) || char.IsDigit(parts[0].FirstOrDefault('0')))
                throw new ArgumentException($"device '{description}' is none of cpu, cuda, cuda:0, cuda:1, …", nameof(description));
            type = kind;
            if (parts.Length < 2) return;
            if (!int.TryParse(parts[1], out var number) || number < 0)
                throw new ArgumentException($"device '{description}' has no number after the colon", nameof(description));
            index = number;
        }

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public override string ToString() => type == DeviceType.CPU ? "cpu" : index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        public static implicit operator Device(string description) => new(description);
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count()
        {
            Ops.Check(Ops.nf_cuda_device_count(out var count));
            return count;
        }

        /// <summary>Waits for all work on the device.</summary>
        /// <exception cref="ExternalException">There is no CUDA device.</exception>
        public static void synchronize(Device? device = null) => Ops.Check(Ops.nf_cuda_synchronize(device?.index ?? -1));

        public static void manual_seed(long seed) => Ops.Check(Ops.nf_cuda_manual_seed(seed));

        public static void manual_seed_all(long seed) => Ops.Check(Ops.nf_cuda_manual_seed(seed));
    }

    /// <summary>Where and as what a tensor is made; -1 leaves libtorch's default. Layout of the native <c>Placement</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly struct Placement(ScalarType? dtype, Device? device, bool requiresGrad = false)
    {
        private readonly sbyte dtype = dtype is { } type ? (sbyte)type : (sbyte)-1;
        private readonly sbyte deviceType = device is null ? (sbyte)-1 : (sbyte)device.type;
        private readonly short deviceIndex = device is null ? (short)-1 : (short)device.index;
        private readonly int requiresGrad = requiresGrad ? 1 : 0;
    }
}
