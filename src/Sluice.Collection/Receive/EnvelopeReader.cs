using System.Text.Unicode;
using Sluice.Schemas;

namespace Sluice.Collection.Receive;

/// <summary>Finds the messages of a request body and their parts in one pass over its bytes, checking all of its JSON on the way.</summary>
/// <remarks>
/// Both forms come through here: <c>{"messages":[…]}</c> and a single message (contract collection.md 1.1, 1.3).
/// Nothing is judged yet: a part that is absent or of the wrong kind is noted as such in its slot.
/// </remarks>
internal ref struct EnvelopeReader(ReadOnlySpan<byte> body)
{
    /// <summary>Deeper JSON is refused as malformed: no schema of ours goes past half of this.</summary>
    internal const int MaxDepth = 128;

    private readonly ReadOnlySpan<byte> _body = body;
    private int _at;
    private EnvelopeFault _fault;

    /// <summary>Fills <paramref name="slots"/>; false with the fault when the body is no envelope.</summary>
    /// <param name="isMulti">Whether the body has the <c>messages</c> form.</param>
    internal bool TryRead(MessageSlots slots, out bool isMulti, out EnvelopeFault fault)
    {
        isMulti = false;
        var read = IsUtf8() && ReadTop(slots, ref isMulti) && IsAtEnd();
        fault = _fault;
        return read;
    }

    private bool IsUtf8()
    {
        if (Utf8.IsValid(_body))
            return true;
        _at = FirstInvalidByte();
        return Fail(EnvelopeFaultKind.InvalidUtf8);
    }

    private readonly int FirstInvalidByte()
    {
        var at = 0;
        while (at < _body.Length && System.Text.Rune.DecodeFromUtf8(_body[at..], out _, out var bytes) == System.Buffers.OperationStatus.Done)
            at += bytes;
        return at;
    }

    private bool ReadTop(MessageSlots slots, ref bool isMulti)
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        if (_at == _body.Length)
            return Malformed(JsonScanError.UnexpectedEnd);
        if (_body[_at] != '{')
        {
            // Malformed JSON is said to be malformed, even where an object was wanted.
            return Skip() && IsAtEnd() && Fail(EnvelopeFaultKind.NotAnObject);
        }

        // The object itself is a message unless it turns out to hold 'messages'.
        var start = _at;
        MessageSlot single = default;
        _at++;
        for (var first = true; NextMember(ref first, out var key);)
        {
            if (!Is(key, "messages"u8))
            {
                if (!ReadMessageMember(ref single, key))
                    return false;
                continue;
            }

            if (isMulti)
                return Fail(EnvelopeFaultKind.MessagesRepeated);
            isMulti = true;
            if (!ReadMessages(slots))
                return false;
        }

        if (_fault.Kind != EnvelopeFaultKind.None)
            return false;
        if (!isMulti)
        {
            single.Whole = new Slice(start, _at - start, SliceKind.Object, false);
            slots.Add() = single;
        }
        return true;
    }

    private bool ReadMessages(MessageSlots slots)
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        if (Peek() != '[')
            return Skip() && Fail(EnvelopeFaultKind.MessagesNotAnArray);
        _at++;
        for (var first = true; NextElement(ref first);)
        {
            ref var slot = ref slots.Add();
            var start = _at;
            if (!(Peek() == '{' ? ReadMessage(ref slot) : Skip()))
                return false;
            slot.Whole = new Slice(start, _at - start, _body[start] == '{' ? SliceKind.Object : SliceKind.Other, false);
        }

        if (_fault.Kind != EnvelopeFaultKind.None)
            return false;
        return slots.Count > 0 || Fail(EnvelopeFaultKind.NoMessages);
    }

    private bool ReadMessage(ref MessageSlot slot)
    {
        _at++;
        for (var first = true; NextMember(ref first, out var key);)
        {
            if (!ReadMessageMember(ref slot, key))
                return false;
        }
        return _fault.Kind == EnvelopeFaultKind.None;
    }

    private bool ReadMessageMember(ref MessageSlot slot, Slice key)
    {
        if (Is(key, "header"u8))
            return Once(ref slot, slot.Header, key) && ReadHeader(ref slot);
        if (Is(key, "body"u8))
            return Once(ref slot, slot.Body, key) && ReadBody(ref slot);
        return Skip();
    }

    private bool ReadHeader(ref MessageSlot slot)
    {
        if (!TryOpen(out var start, ref slot.Header))
            return Skip();
        for (var first = true; NextMember(ref first, out var key);)
        {
            var read = Is(key, "schemaRef"u8) ? Once(ref slot, slot.SchemaId, key) && ReadSchemaRef(ref slot, ref slot.SchemaId, ref slot.SchemaContentType)
                : Is(key, "imsOrgId"u8) ? Once(ref slot, slot.Organisation, key) && ReadValue(ref slot.Organisation)
                : Is(key, "datasetId"u8) ? Once(ref slot, slot.DatasetId, key) && ReadValue(ref slot.DatasetId)
                : Is(key, "msgId"u8) ? ReadValue(ref slot.MessageId)
                : Skip();
            if (!read)
                return false;
        }
        return Close(start, ref slot.Header);
    }

    private bool ReadBody(ref MessageSlot slot)
    {
        if (!TryOpen(out var start, ref slot.Body))
            return Skip();
        for (var first = true; NextMember(ref first, out var key);)
        {
            var read = Is(key, "xdmMeta"u8) ? ReadMeta(ref slot)
                : Is(key, "xdmEntity"u8) ? Once(ref slot, slot.Entity, key) && ReadEntity(ref slot)
                : Skip();
            if (!read)
                return false;
        }
        return Close(start, ref slot.Body);
    }

    private bool ReadMeta(ref MessageSlot slot)
    {
        Slice meta = default;
        if (!TryOpen(out _, ref meta))
            return Skip();
        Slice ignored = default;
        for (var first = true; NextMember(ref first, out var key);)
        {
            var read = Is(key, "schemaRef"u8)
                ? Once(ref slot, slot.BodySchemaId, key) && ReadSchemaRef(ref slot, ref slot.BodySchemaId, ref ignored)
                : Skip();
            if (!read)
                return false;
        }
        return _fault.Kind == EnvelopeFaultKind.None;
    }

    private bool ReadSchemaRef(ref MessageSlot slot, ref Slice id, ref Slice contentType)
    {
        Slice reference = default;
        if (!TryOpen(out _, ref reference))
        {
            id = reference; // noted as the wrong kind
            return Skip();
        }
        for (var first = true; NextMember(ref first, out var key);)
        {
            var read = Is(key, "id"u8) ? Once(ref slot, id, key) && ReadValue(ref id)
                : Is(key, "contentType"u8) ? ReadValue(ref contentType)
                : Skip();
            if (!read)
                return false;
        }
        return _fault.Kind == EnvelopeFaultKind.None;
    }

    // The validator walks the entity itself; here only what the door needs of it is picked out on the way over it.
    private bool ReadEntity(ref MessageSlot slot)
    {
        if (!TryOpen(out var start, ref slot.Entity))
            return Skip();
        for (var first = true; NextMember(ref first, out var key);)
        {
            var read = Is(key, "identityMap"u8) ? ReadValue(ref slot.IdentityMap)
                : Is(key, "_id"u8) ? ReadValue(ref slot.EntityId)
                : Skip();
            if (!read)
                return false;
        }
        return Close(start, ref slot.Entity);
    }

    // Leaves the position inside the object, or notes the value's kind and leaves the position before it.
    private bool TryOpen(out int start, ref Slice slice)
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        start = _at;
        if (Peek() == '{')
        {
            _at++;
            return true;
        }
        slice = new Slice(start, 0, SliceKind.Other, false);
        return false;
    }

    private bool Close(int start, ref Slice slice)
    {
        slice = new Slice(start, _at - start, SliceKind.Object, false);
        return _fault.Kind == EnvelopeFaultKind.None;
    }

    private bool ReadValue(ref Slice slice)
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        var start = _at;
        if (Peek() != '"')
        {
            var kind = Peek() == '{' ? SliceKind.Object : SliceKind.Other;
            if (!Skip())
                return false;
            slice = new Slice(start, _at - start, kind, false);
            return true;
        }
        return ReadString(out slice);
    }

    private bool ReadString(out Slice slice)
    {
        var start = _at;
        slice = default;
        if (!JsonScanner.TrySkipString(_body, ref _at, out var escaped, out var error))
            return Malformed(error);
        slice = new Slice(start + 1, _at - start - 2, SliceKind.Text, escaped);
        return true;
    }

    private static bool Once(ref MessageSlot slot, Slice known, Slice key)
    {
        if (!known.IsAbsent && slot.RepeatedKey.IsAbsent)
            slot.RepeatedKey = key;
        return true;
    }

    /// <summary>Goes to the next member's value; false at the end of the object, and on a fault.</summary>
    private bool NextMember(ref bool first, out Slice key)
    {
        key = default;
        if (!NextItem(ref first, (byte)'}'))
            return false;
        if (Peek() != '"')
            return Malformed(_at == _body.Length ? JsonScanError.UnexpectedEnd : JsonScanError.UnexpectedCharacter);
        if (!ReadString(out key))
            return false;
        _at = JsonScanner.SkipWhitespace(_body, _at);
        if (Peek() != ':')
            return Malformed(_at == _body.Length ? JsonScanError.UnexpectedEnd : JsonScanError.UnexpectedCharacter);
        _at++;
        return true;
    }

    private bool NextElement(ref bool first) => NextItem(ref first, (byte)']');

    private bool NextItem(ref bool first, byte end)
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        if (_at == _body.Length)
            return Malformed(JsonScanError.UnexpectedEnd);
        if (_body[_at] == end)
        {
            _at++;
            return false;
        }
        if (first)
        {
            first = false;
            return true;
        }
        if (_body[_at] != ',')
            return Malformed(JsonScanError.UnexpectedCharacter);
        _at = JsonScanner.SkipWhitespace(_body, _at + 1);
        if (_at == _body.Length)
            return Malformed(JsonScanError.UnexpectedEnd);
        // A comma is followed by another item, never by the end.
        return _body[_at] != end || Malformed(JsonScanError.UnexpectedCharacter);
    }

    private bool Skip() => JsonScanner.TrySkipValue(_body, ref _at, MaxDepth, out var error) || Malformed(error);

    private readonly int Peek() => _at < _body.Length ? _body[_at] : -1;

    private readonly bool Is(Slice key, ReadOnlySpan<byte> name) =>
        key.Escaped ? JsonText.Equals(key.Of(_body), name) : key.Of(_body).SequenceEqual(name);

    private bool IsAtEnd()
    {
        _at = JsonScanner.SkipWhitespace(_body, _at);
        return _at == _body.Length || Malformed(JsonScanError.UnexpectedCharacter);
    }

    private bool Malformed(JsonScanError error)
    {
        _fault = new EnvelopeFault(EnvelopeFaultKind.Malformed, _at, error);
        return false;
    }

    private bool Fail(EnvelopeFaultKind kind)
    {
        _fault = new EnvelopeFault(kind, _at, JsonScanError.None);
        return false;
    }
}
