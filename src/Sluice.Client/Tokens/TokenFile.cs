using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Sluice.Client.Tokens;

/// <summary>Keeps a token between runs, never readable without the client's secret.</summary>
/// <remarks>
/// Layout: <c>"SLTK1"</c>, salt (16), nonce (12), tag (16), then the token as JSON under AES-256-GCM. The key is HKDF-SHA256 of the secret and the
/// salt; client id and token address are authenticated with it, so that a file is of use to its own client only.
/// </remarks>
internal sealed class TokenFile(string path, ClientCredentials credentials, ILogger logger)
{
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int MaxBytes = 64 * 1024;

    private static readonly byte[] Magic = "SLTK1"u8.ToArray();

    private byte[] Owner => Encoding.UTF8.GetBytes($"{credentials.ClientId}\n{credentials.TokenAddress}");

    /// <summary>The token that was kept; null when there is none that can be read.</summary>
    internal AccessToken? Read()
    {
        try
        {
            if (!File.Exists(path))
                return null;
            if (new FileInfo(path).Length > MaxBytes)
                throw new CryptographicException("it is too large");
            return Open(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or JsonException)
        {
            logger.TokenFileUnusable(path, failure.Message);
            return null;
        }
    }

    /// <summary>Keeps a token. A file that cannot be written is no reason to stop: the token is in memory.</summary>
    internal void Write(AccessToken token)
    {
        try
        {
            var beside = path + ".new";
            File.Delete(beside);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(beside, options))
                file.Write(Seal(token));
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger.TokenFileUnusable(path, failure.Message);
        }
    }

    internal void Remove()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger.TokenFileUnusable(path, failure.Message);
        }
    }

    private byte[] Seal(AccessToken token)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(token, TokenJson.Default.AccessToken);
        var sealedBytes = new byte[Magic.Length + SaltBytes + NonceBytes + TagBytes + plain.Length];
        Magic.CopyTo(sealedBytes, 0);
        var (salt, nonce, tag, cipher) = Parts(sealedBytes);
        RandomNumberGenerator.Fill(salt.Span);
        RandomNumberGenerator.Fill(nonce.Span);
        using var aes = new AesGcm(Key(salt), TagBytes);
        aes.Encrypt(nonce.Span, plain, cipher.Span, tag.Span, Owner);
        return sealedBytes;
    }

    private AccessToken? Open(byte[] sealedBytes)
    {
        if (sealedBytes.Length <= Magic.Length + SaltBytes + NonceBytes + TagBytes || !sealedBytes.AsSpan().StartsWith(Magic))
            throw new CryptographicException("it is no token file");
        var (salt, nonce, tag, cipher) = Parts(sealedBytes);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(Key(salt), TagBytes);
        aes.Decrypt(nonce.Span, cipher.Span, tag.Span, plain, Owner);
        return JsonSerializer.Deserialize(plain, TokenJson.Default.AccessToken);
    }

    private byte[] Key(ReadOnlyMemory<byte> salt) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(credentials.ClientSecret), 32, salt.ToArray(), "sluice token file"u8.ToArray());

    private static (Memory<byte> Salt, Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Cipher) Parts(byte[] file)
    {
        var rest = file.AsMemory(Magic.Length);
        return (rest[..SaltBytes], rest.Slice(SaltBytes, NonceBytes), rest.Slice(SaltBytes + NonceBytes, TagBytes), rest[(SaltBytes + NonceBytes + TagBytes)..]);
    }
}
