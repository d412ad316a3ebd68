namespace Strangler.Demo.Storefront;

/// <summary>What the storefront answers a path with.</summary>
internal abstract record PageResult
{
    /// <summary>The kind of request, for its measured response time.</summary>
    public string Kind { get; init; } = "page";
}

/// <summary>A page. A cacheable one goes into the full-page cache under its tags and leaves the session alone.</summary>
internal sealed record HtmlResult(Type Component, IReadOnlyDictionary<string, object?> Parameters) : PageResult
{
    public int Status { get; init; } = StatusCodes.Status200OK;

    public bool Cacheable { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Further headers, such as <c>Login-Required</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>A redirect to an absolute address. <see cref="Tagged"/>: the controller behind it emits <c>X-Magento-Tags: FPC</c>.</summary>
internal sealed record RedirectResult(string Location, int Status = StatusCodes.Status302Found, bool Tagged = false) : PageResult;

/// <summary>JSON of a storefront controller. <see cref="Expires"/> counts from now.</summary>
internal sealed record JsonResult(string Json, int Status = StatusCodes.Status200OK, TimeSpan? Expires = null, bool Tagged = true) : PageResult;
