using System.Text;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Decodes a Content-Length so that the server's number parser, which takes signs and spaces, sees digits only: anything else becomes
/// a letter, which it refuses.
/// </summary>
internal sealed class DigitsEncoding : Encoding
{
    public static DigitsEncoding Instance { get; } = new();

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (var i = 0; i < byteCount; i++)
        {
            var character = (char)bytes[byteIndex + i];
            chars[charIndex + i] = char.IsAsciiDigit(character) ? character : 'x';
        }

        return byteCount;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}
