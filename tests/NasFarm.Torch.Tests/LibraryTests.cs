using NasFarm.Torch.Interop;

namespace NasFarm.Torch.Tests;

public class LibraryTests
{
    public static TheoryData<string, string> LoaderMessages => new()
    {
        {
            "Unable to load shared library 'nasfarm_torch' or one of its dependencies.\n"
            + "libtorch_cpu.so.1.13: cannot open shared object file: No such file or directory\n"
            + "/app/nasfarm_torch.so: cannot open shared object file: No such file or directory",
            "apt-get install libtorch1.13 libopenblas0-pthread): libtorch_cpu.so.1.13: cannot open"
        },
        {
            "/app/nasfarm_torch.so: cannot open shared object file: No such file or directory\n"
            + "/app/libnasfarm_torch.so: cannot open shared object file: No such file or directory",
            "NasFarm needs libnasfarm_torch.so beside the program"
        },
        { "/app/libnasfarm_torch.so: undefined symbol: _ZN2at3addEv", "was built for another libtorch than the one installed" },
    };

    [Theory, MemberData(nameof(LoaderMessages))]
    public void A_library_that_does_not_load_says_what_to_do(string loaderMessage, string sentence) =>
        Assert.Contains(sentence, Library.WhatToDo(loaderMessage));
}
