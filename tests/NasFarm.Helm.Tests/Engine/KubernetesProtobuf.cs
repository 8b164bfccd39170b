using System.Text;
using System.Text.Json.Nodes;

namespace NasFarm.Helm.Tests.Engine;

/// <summary>The one kind of object that Helm sends in protobuf: its own record of a release, a Secret. Numbers of fields are Kubernetes'
/// (k8s.io/api/core/v1/generated.proto).</summary>
public static class KubernetesProtobuf
{
    private static readonly byte[] Magic = "k8s\0"u8.ToArray();

    /// <summary>The Secret of a request's body.</summary>
    public static JsonObject ReadSecret(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Magic))
            throw new InvalidDataException("The body is no protobuf of Kubernetes.");
        // runtime.Unknown: 1 typeMeta, 2 raw. Secret: 1 metadata, 2 data, 3 type.
        var secret = Fields(Fields(body[Magic.Length..]).Single(f => f.Number == 2).Bytes);
        var result = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = Metadata(secret.Single(f => f.Number == 1).Bytes), ["data"] = new JsonObject() };
        foreach (var (_, entry) in secret.Where(f => f.Number == 2))
            result["data"]![Text(entry, 1)] = Convert.ToBase64String(Fields(entry).Single(f => f.Number == 2).Bytes);
        result["type"] = Encoding.UTF8.GetString(secret.Single(f => f.Number == 3).Bytes);
        return result;
    }

    // ObjectMeta: 1 name, 3 namespace, 11 labels.
    private static JsonObject Metadata(byte[] bytes)
    {
        var labels = new JsonObject();
        foreach (var (_, entry) in Fields(bytes).Where(f => f.Number == 11))
            labels[Text(entry, 1)] = Text(entry, 2);
        return new() { ["name"] = Text(bytes, 1), ["namespace"] = Text(bytes, 3), ["labels"] = labels };
    }

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Fields(message).Where(f => f.Number == number).Select(f => f.Bytes).SingleOrDefault([]));

    /// <summary>Fields that are bytes, in their order; numbers are passed over.</summary>
    private static List<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        var (fields, at) = (new List<(int, byte[])>(), 0);
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0: Varint(message, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add(((int)(key >> 3), message[at..(at + length)]));
                    at += length;
                    break;
                default: throw new InvalidDataException($"Wire type {key & 7}.");
            }
        }
        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        for (var (value, shift) = (0UL, 0); ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
