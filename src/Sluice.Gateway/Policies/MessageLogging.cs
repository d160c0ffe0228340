using System.Text;
using Microsoft.Extensions.Logging;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Logging;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Policies;

/// <summary>Writes a line of the author's own: to the program's log where the original has a cloud's or a file, or to a syslog server (contract gateway.md 7). Never fails a call.</summary>
internal sealed class MessageLogging : Policy
{
    private const int MaxCharacters = 64_000;

    private readonly LogLevel _level;
    private readonly Template? _message;
    private readonly Template? _logName;
    private readonly (string Key, Template Value)[] _labels;
    private readonly Template? _line;
    private readonly SyslogAddress? _address;
    private readonly bool _formats;
    private readonly string _dateFormat;

    internal MessageLogging(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "Syslog", "CloudLogging", "File", "logLevel", "BufferMessage");
        _level = (xml.ChildText("logLevel") ?? xml.Attribute("logLevel"))?.ToUpperInvariant() switch
        {
            "ALERT" => LogLevel.Critical,
            "ERROR" => LogLevel.Error,
            "WARN" => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        (_labels, _dateFormat) = ([], "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        if ((xml.Child("CloudLogging") ?? xml.Child("File")) is { } log)
        {
            _message = MessageOf(log, context);
            _logName = log.Child(log.Name == "File" ? "FileName" : "LogName") is { Text: { } name } child ? context.Template(name, child.Spot) : context.Template(Name, xml.Spot);
            _labels = [.. (log.Child("Labels")?.All("Label") ?? []).Select(label => (label.ChildText("Key") ?? "", context.Template(label.ChildText("Value") ?? "", label.Spot)))];
        }
        if (xml.Child("Syslog") is { } syslog)
        {
            _line = MessageOf(syslog, context);
            _address = AddressOf(syslog, context);
            _formats = syslog.Flag("FormatMessage", byDefault: _address.IsTcp);
            _dateFormat = syslog.ChildText("DateFormat") ?? _dateFormat;
        }
        if (_message is null && _line is null)
            context.Fault("MessageMissing", $"MessageLogging '{Name}' has no Syslog, CloudLogging or File with a Message", xml.Spot);
    }

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var log = flow.Snapshot.Services.Log;
        if (_message is not null && log.IsEnabled(_level))
        {
            var (name, text) = (_logName!.Fill(flow), Cut(_message.Fill(flow)));
            var labels = string.Join(", ", _labels.Select(label => $"{label.Key}={label.Value.Fill(flow)}"));
            log.BundleMessage(_level, flow.Proxy.Name, Name, name, text, labels);
        }
        if (_line is not null && !flow.Snapshot.Services.Syslog.TrySend(_address!, Encoding.UTF8.GetBytes(Line(flow))))
            log.SyslogFull(_address!.ToString());
        return default;
    }

    // RFC 5424: <PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG, of facility 1, user-level.
    private string Line(FlowContext flow)
    {
        var text = Cut(_line!.Fill(flow));
        if (!_formats)
            return text;
        var severity = _level switch { LogLevel.Critical => 1, LogLevel.Error => 3, LogLevel.Warning => 4, _ => 6 };
        return $"<{8 + severity}>1 {JavaTimeFormat.Write(_dateFormat, flow.Clock.GetUtcNow())} {Environment.MachineName} {flow.Proxy.Name} - - - {text}";
    }

    private static string Cut(string text) => text.Length > MaxCharacters ? text[..MaxCharacters] : text;

    private static Template? MessageOf(BundleElement parent, CompileContext context) =>
        parent.Child("Message") is { } message && message.InnerText.Trim() is { Length: > 0 } text ? context.Template(text, message.Spot) : null;

    private SyslogAddress AddressOf(BundleElement syslog, CompileContext context)
    {
        context.WarnOfUnknown(syslog, "Message", "Host", "Port", "Protocol", "FormatMessage", "SSLInfo", "DateFormat");
        var protocol = (syslog.ChildText("Protocol") ?? "UDP").ToUpperInvariant();
        if (protocol is not ("UDP" or "TCP"))
            context.Fault("InvalidProtocol", $"MessageLogging '{Name}': Protocol {protocol} is neither TCP nor UDP", syslog.Child("Protocol")!.Spot);
        if (syslog.Number("Port", 514) is not { } port || port is < 1 or > 65_535)
        {
            context.Fault("InvalidPort", $"MessageLogging '{Name}': Port {syslog.ChildText("Port")} is not 1 to 65535", syslog.Child("Port")!.Spot);
            port = 514;
        }
        var isTls = syslog.Child("SSLInfo")?.Flag("Enabled", byDefault: false) ?? false;
        return new SyslogAddress(syslog.ChildText("Host") ?? "localhost", port, protocol == "TCP" || isTls, isTls);
    }
}
