using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Sluice.Gateway.Scripts;

/// <summary>An object of the gateway as scripts see it: its members are functions and properties that run here.</summary>
internal class HostObject : ObjectInstance
{
    private readonly Dictionary<string, (Func<JsValue> Get, Action<JsValue>? Set)> _members = new(StringComparer.Ordinal);

    internal HostObject(Engine engine) : base(engine)
    {
        Prototype = engine.Object.PrototypeObject;
        Extensible = true;
    }

    internal HostObject Property(string name, Func<JsValue> get, Action<JsValue>? set = null)
    {
        _members[name] = (get, set);
        return this;
    }

    internal HostObject Function(string name, Func<JsValue[], JsValue> call)
    {
        var function = new JsValue(new ClrFunctionInstance(Engine, (_, arguments) => call(arguments)));
        return Property(name, () => function);
    }

    public override JsValue Get(string propertyName) => _members.TryGetValue(propertyName, out var member) ? member.Get() : base.Get(propertyName);

    public override PropertyDescriptor GetOwnProperty(string propertyName) =>
        _members.TryGetValue(propertyName, out var member) ? new PropertyDescriptor(member.Get(), true, true, false) : base.GetOwnProperty(propertyName);

    public override bool HasOwnProperty(string propertyName) => _members.ContainsKey(propertyName) || base.HasOwnProperty(propertyName);

    public override IEnumerable<KeyValuePair<string, PropertyDescriptor>> GetOwnProperties() =>
        [.. _members.Select(member => KeyValuePair.Create(member.Key, GetOwnProperty(member.Key))), .. base.GetOwnProperties()];

    public override void Put(string propertyName, JsValue value, bool throwOnError)
    {
        if (!_members.TryGetValue(propertyName, out var member))
            base.Put(propertyName, value, throwOnError);
        else if (member.Set is { } set)
            set(value);
        else
            throw new JavaScriptException(Engine.TypeError, $"{propertyName} cannot be written");
    }
}

/// <summary>Named texts of a message as scripts see them: headers, query or form parameters.</summary>
internal sealed class HostMap(Engine engine, Func<IEnumerable<string>> names, Func<string, JsValue> get, Action<string, JsValue?> set) : ObjectInstance(engine)
{
    public override JsValue Get(string propertyName) => get(propertyName);

    public override PropertyDescriptor GetOwnProperty(string propertyName) =>
        get(propertyName) is var value && value != JsValue.Undefined ? new PropertyDescriptor(value, true, true, true) : PropertyDescriptor.Undefined;

    public override bool HasOwnProperty(string propertyName) => get(propertyName) != JsValue.Undefined;

    public override IEnumerable<KeyValuePair<string, PropertyDescriptor>> GetOwnProperties() =>
        [.. names().Select(name => KeyValuePair.Create(name, GetOwnProperty(name)))];

    public override void Put(string propertyName, JsValue value, bool throwOnError) => set(propertyName, value);

    public override bool Delete(string propertyName, bool throwOnError)
    {
        set(propertyName, null);
        return true;
    }
}
