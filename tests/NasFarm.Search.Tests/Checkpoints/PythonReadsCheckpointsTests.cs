using System.Diagnostics;
using System.Text.Json;
using NasFarm.Search.Checkpoints;
using NasFarm.Search.Tests.Data;

namespace NasFarm.Search.Tests.Checkpoints;

public class PythonReadsCheckpointsTests
{
    /// <summary>Python, when it has numpy; Debian's comes first.</summary>
    internal static string? Python { get; } =
        new[] { "/usr/bin/python3", "/usr/local/bin/python3" }.FirstOrDefault(p => File.Exists(p) && Run(p, "-c", "import numpy").ExitCode == 0);

    /// <summary>An independent reader of the layout: numpy from the bytes, nothing of ours.</summary>
    private const string Reader = """
        import json, sys, numpy
        raw = open(sys.argv[1], "rb").read()
        size = int.from_bytes(raw[:8], "little")
        assert size % 8 == 0
        header = json.loads(raw[8:8 + size])
        metadata = header.pop("__metadata__")
        assert all(isinstance(value, str) for value in metadata.values())
        kinds = {"F32": "<f4", "I64": "<i8", "U8": "u1"}
        tensors = {}
        for name, about in header.items():
            begin, end = about["data_offsets"]
            array = numpy.frombuffer(raw[8 + size + begin:8 + size + end], kinds[about["dtype"]]).reshape(about["shape"])
            assert (8 + size + begin) % array.itemsize == 0
            tensors[name] = [str(array.dtype), list(array.shape), array.ravel().tolist()]
        print(json.dumps({"document": json.loads(metadata["nasfarm"]), "tensors": tensors}, sort_keys=True, separators=(",", ":")))
        """;

    [PythonFact]
    public void Numpy_sees_the_same_arrays_and_document()
    {
        using var folder = new TemporaryFolder();
        Safetensors.Write(
            folder["a.safetensors"],
            [TensorEntry.Of("w", [2, 2], [1f, -2f, .5f, 1024f]), TensorEntry.Of("n", [], [-5L]), TensorEntry.Of("m", [3], [1, 2, 255])],
            JsonSerializer.SerializeToElement(new { trained = 3, alpha = "α" }));
        var (exitCode, output, errors) = Run(Python!, "-c", Reader, folder["a.safetensors"]);
        Assert.True(exitCode == 0, errors);
        Assert.Equal(
            """{"document":{"alpha":"\u03b1","trained":3},"tensors":{"m":["uint8",[3],[1,2,255]],"n":["int64",[],[-5]],"w":["float32",[2,2],[1.0,-2.0,0.5,1024.0]]}}""",
            output.Trim());
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private sealed class PythonFactAttribute : FactAttribute
    {
        public PythonFactAttribute()
        {
            if (Python is null)
                Skip = "There is no python3 with numpy.";
        }
    }
}
