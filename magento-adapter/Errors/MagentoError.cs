using System.Net;

namespace Strangler.MagentoAdapter.Errors;

public enum MagentoErrorKind
{
    /// <summary>Magento's own refusal, with message and perhaps parameters.</summary>
    Api,

    /// <summary>Magento failed: an error page, a report id, plain text.</summary>
    Failure,

    /// <summary>503 with a page instead of JSON: the store is in maintenance.</summary>
    Maintenance,

    /// <summary>No answer at all: no connection, too late, or the breaker is open.</summary>
    Unreachable,

    /// <summary>A redirect: the address is not the one the store is configured to have.</summary>
    Redirect,

    /// <summary>Something that no Magento sends: another server answers at this address.</summary>
    NotMagento,
}

/// <summary>An answer that is not the one asked for, as Magento put it.</summary>
public sealed record MagentoError(HttpStatusCode Status, MagentoErrorKind Kind, string Template)
{
    /// <summary>The template's parameters by name (<c>%fieldName</c>), or by number from 1 (<c>%1</c>).</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Magento's error code, where an endpoint has one.</summary>
    public string? Code { get; init; }

    /// <summary>Several faults of one request, each for itself.</summary>
    public IReadOnlyList<MagentoError> Errors { get; init; } = [];

    /// <summary>The report's id in Magento's log, where the message names it.</summary>
    public string? ReportId { get; init; }

    /// <summary>For people: the template with its parameters put in, and the single faults.</summary>
    public string Message => Errors.Count == 0
        ? MessageTemplate.Render(Template, Parameters)
        : $"{MessageTemplate.Render(Template, Parameters)} {string.Join(' ', Errors.Select(error => error.Message))}";

    public override string ToString() => $"{(int)Status} {Message}";
}

/// <summary>Magento refused or failed, where the caller cannot go on without the answer.</summary>
public sealed class MagentoException : Exception
{
    public MagentoException(MagentoError error)
        : base(error?.Message) => Error = error!;

    public MagentoError Error { get; }
}
