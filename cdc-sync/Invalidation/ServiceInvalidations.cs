using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Entities;

namespace Strangler.CdcSync.Invalidation;

/// <summary>
/// Tells what one service's batches changed: once when they are in the mirror, and again when the read model has seen them, for a cache that
/// was filled in between holds the old answer. What a crash may have swallowed is told as everything. Safe for several threads.
/// </summary>
internal sealed class ServiceInvalidations(string service, InvalidationStream stream, int keysPerEvent, InvalidatedEntities? entities = null)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Sequence, SourcePosition Position, IReadOnlyList<ChangedKey> Keys)> _unprojected = [];
    private int _unprojectedKeys;
    private long? _published;
    private long? _projected;
    private SourcePosition? _position;

    public string Service { get; } = service;

    /// <summary>The latest sequence told.</summary>
    public long Sequence
    {
        get
        {
            lock (_lock)
            {
                return _published ?? 0;
            }
        }
    }

    public SourcePosition? Position
    {
        get
        {
            lock (_lock)
            {
                return _position;
            }
        }
    }

    /// <summary>Whether everything up to a sequence is in the read model; so it is for a service that has none.</summary>
    public bool IsProjected(long sequence)
    {
        lock (_lock)
        {
            return _projected >= sequence;
        }
    }

    /// <summary>A batch that made keys dirty is committed. Called after the commit, in order.</summary>
    public void Publish(long sequence, SourcePosition position, DirtyKeys dirty) => Publish(sequence, position, entities?.Of(dirty.Keys) ?? dirty.Keys);

    /// <summary>The stream begins at a checkpoint: a batch committed under a sequence that was never told may have changed anything.</summary>
    public void Began(long sequence, SourcePosition position)
    {
        lock (_lock)
        {
            if (_published == sequence)
            {
                return;
            }
        }

        Publish(sequence, position, ChangedKeys.Everything);
    }

    /// <summary>The read model has seen everything up to a sequence; null when there is none.</summary>
    public void Projected(long? sequence)
    {
        lock (_lock)
        {
            _projected = sequence;
            TellProjected();
        }
    }

    private void Publish(long sequence, SourcePosition position, IEnumerable<ChangedKey> dirty)
    {
        lock (_lock)
        {
            var keys = Bounded(dirty);
            (_published, _position) = (sequence, position);
            if (keys.Count == 0)
            {
                return;
            }

            stream.Add(new InvalidationEvent(sequence, position, Service, InvalidationStage.Applied, keys));
            _unprojected.Enqueue((sequence, position, keys));
            _unprojectedKeys += keys.Count;
            if (_unprojectedKeys > keysPerEvent)
            {
                // A projection that stands still: told as one when it moves again.
                var waiting = Bounded(_unprojected.SelectMany(batch => batch.Keys));
                _unprojected.Clear();
                _unprojected.Enqueue((sequence, position, waiting));
                _unprojectedKeys = waiting.Count;
            }

            TellProjected();
        }
    }

    private void TellProjected()
    {
        var keys = new ChangedKeys(keysPerEvent);
        var last = default((long Sequence, SourcePosition Position, IReadOnlyList<ChangedKey> Keys));
        while (_unprojected.TryPeek(out var batch) && _projected >= batch.Sequence)
        {
            last = _unprojected.Dequeue();
            keys.Add(last.Keys);
            _unprojectedKeys -= last.Keys.Count;
        }

        if (!keys.IsEmpty || last.Keys is not null)
        {
            stream.Add(new InvalidationEvent(last.Sequence, last.Position, Service, InvalidationStage.Projected, keys.ToList()));
        }
    }

    private IReadOnlyList<ChangedKey> Bounded(IEnumerable<ChangedKey> keys)
    {
        var bounded = new ChangedKeys(keysPerEvent);
        bounded.Add(keys);
        return bounded.ToList();
    }
}
