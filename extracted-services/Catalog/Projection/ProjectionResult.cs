namespace Strangler.Catalog.Projection;

/// <summary>What one run of the projector found.</summary>
internal enum ProjectionResult
{
    /// <summary>The mirror's first copy is not there yet.</summary>
    WaitingForMirror,

    /// <summary>Another replica projects.</summary>
    AnotherProjects,

    /// <summary>There was nothing to do.</summary>
    UpToDate,

    Projected,
    Rebuilt,
}
