using System.Text;
using Microsoft.AspNetCore.Http;
using NasFarm.Server.Access;

namespace NasFarm.Server.Api;

/// <summary>A manifest as the body of a request: its text, whatever the type says.</summary>
internal static class ManifestBody
{
    private const int Piece = 16 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads it, and no more of it than is allowed.</summary>
    public static async Task<string> ReadAsync(HttpRequest request, int mostBytes)
    {
        if (request.ContentLength > mostBytes)
            throw TooLong(mostBytes);
        using var text = new MemoryStream();
        var piece = new byte[Piece];
        while (await request.Body.ReadAsync(piece, request.HttpContext.RequestAborted) is > 0 and var read)
        {
            if (text.Length + read > mostBytes)
                throw TooLong(mostBytes);
            text.Write(piece, 0, read);
        }
        try
        {
            return StrictUtf8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw RefusedException.Invalid("not-utf8", $"Byte {e.Index} of the manifest is not UTF-8; save the file as UTF-8.");
        }
    }

    private static BadHttpRequestException TooLong(int mostBytes) => new($"The manifest is longer than {mostBytes:N0} bytes.", StatusCodes.Status413PayloadTooLarge);
}
