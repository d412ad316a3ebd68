using System.Collections.Concurrent;

namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>
/// Where the facade stands in cdc-sync's stream of changes, and what that proves. Others claim of a service: "everything committed by moment T can be read, and
/// whatever changed on the way was told by event E". As soon as event E has been heard and acted on, the kept answers are right up to T.
/// </summary>
internal sealed class ChangeFeed(AnswerStore answers, TimeProvider time)
{
    private const int MaximumClaims = 1024;
    private const int MaximumPlaces = 100_000;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ServiceProof> _proofs = new(StringComparer.Ordinal);
    private readonly LinkedList<Claim> _claims = [];
    private readonly List<(long Number, long Changes)> _places = [];
    private EventId? _seen;

    /// <summary>The last event heard; null when none was ever.</summary>
    public EventId? Seen
    {
        get
        {
            lock (_lock)
            {
                return _seen;
            }
        }
    }

    /// <summary>
    /// How many changes the store had seen when an event was heard here, so that an answer which another replica has kept at that event can be judged; null when this
    /// replica cannot know what came between.
    /// </summary>
    public long? ChangesAt(EventId id)
    {
        lock (_lock)
        {
            if (_seen is not { } seen || seen.Epoch != id.Epoch)
            {
                return null;
            }

            if (id.Number >= seen.Number)
            {
                return answers.Changes;
            }

            var index = _places.BinarySearch((id.Number, long.MaxValue));
            index = index < 0 ? ~index - 1 : index;
            return index < 0 ? null : _places[index].Changes;
        }
    }

    /// <summary>How long the oldest claim has been waiting for its event.</summary>
    public TimeSpan? Behind
    {
        get
        {
            lock (_lock)
            {
                return _claims.First is { } first ? time.GetElapsedTime(first.Value.ClaimedAt) : null;
            }
        }
    }

    public ServiceProof Of(string service) => _proofs.GetOrAdd(service, static _ => new ServiceProof());

    /// <summary>Says of a service that everything committed by a moment can be read from it, as far as known, and which event covers what changed.</summary>
    /// <param name="service">Of which service.</param>
    /// <param name="eventId">The event, as cdc-sync named it together with what it said.</param>
    /// <param name="provenAt">The moment; null while unknown.</param>
    /// <param name="askedAt">Taken before cdc-sync was asked.</param>
    public void Claimed(string service, string? eventId, long? provenAt, long askedAt)
    {
        if (EventId.Parse(eventId) is not { } id)
        {
            return;
        }

        lock (_lock)
        {
            var claim = new Claim(service, id, provenAt, askedAt, time.GetTimestamp());
            if (IsCovered(id))
            {
                Accept(claim);
                return;
            }

            _claims.AddLast(claim);
            if (_claims.Count > MaximumClaims)
            {
                _claims.RemoveFirst();
            }
        }
    }

    /// <summary>An event without keys: the stream begins here, or is quiet.</summary>
    public void Heard(string? eventId, bool isBeginning)
    {
        if (EventId.Parse(eventId) is { } id)
        {
            lock (_lock)
            {
                if (isBeginning)
                {
                    answers.DropWhere(static answer => answer.Proof is not null);
                    _places.Clear();
                }

                MoveTo(id);
            }
        }
    }

    /// <summary>Something has changed. What it concerns is thrown away before anything later is believed.</summary>
    public void Changed(string? eventId, string service, IReadOnlyList<ChangedKey> keys)
    {
        lock (_lock)
        {
            answers.Apply(service, keys);
            if (EventId.Parse(eventId) is { } id)
            {
                MoveTo(id);
            }
        }
    }

    private void MoveTo(EventId id)
    {
        if (_seen is { } seen && seen.Epoch != id.Epoch)
        {
            // What was told between the two nobody knows.
            answers.DropWhere(static answer => answer.Proof is not null);
            _places.Clear();
        }

        if (_places is [] || _places[^1].Number < id.Number)
        {
            _places.Add((id.Number, answers.Changes));
            if (_places.Count > MaximumPlaces)
            {
                _places.RemoveRange(0, MaximumPlaces / 2);
            }
        }

        _seen = id;
        for (var node = _claims.First; node is not null;)
        {
            var next = node.Next;
            if (IsCovered(node.Value.Id))
            {
                Accept(node.Value);
                _claims.Remove(node);
            }

            node = next;
        }
    }

    private bool IsCovered(EventId id) => _seen is { } seen && seen.Epoch == id.Epoch && seen.Number >= id.Number;

    private void Accept(Claim claim) => Of(claim.Service).Advance(claim.ProvenAt, claim.AskedAt);

    private readonly record struct Claim(string Service, EventId Id, long? ProvenAt, long AskedAt, long ClaimedAt);
}
