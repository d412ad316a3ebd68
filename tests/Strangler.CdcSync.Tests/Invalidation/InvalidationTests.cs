using Microsoft.Extensions.Time.Testing;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Invalidation;

namespace Strangler.CdcSync.Tests.Invalidation;

public sealed class InvalidationTests
{
    private static readonly SourcePosition Position = new("mariadb", "bin.000001", 400, null);

    private readonly InvalidationStream _stream = new(4, new FakeTimeProvider());

    [Fact]
    public void A_batch_is_told_when_applied_and_again_when_projected()
    {
        var service = new ServiceInvalidations("catalog", _stream, 100);
        service.Publish(1, Position, Dirty(("product", "5")));
        Told().Should().Equal("1 Applied product/5");
        service.Publish(2, Position, Dirty(("product", "6"), ("category", "2")));
        service.Projected(1);
        service.Projected(2);
        Told().Should().Equal("1 Applied product/5", "2 Applied category/2,product/6", "1 Projected product/5", "2 Projected category/2,product/6");
    }

    [Fact]
    public void What_was_projected_at_once_is_told_at_once_with_all_its_keys()
    {
        var service = new ServiceInvalidations("catalog", _stream, 100);
        service.Publish(1, Position, Dirty(("product", "5")));
        service.Publish(2, Position, Dirty(("product", "6")));
        service.Publish(3, Position, Dirty());
        service.Projected(3);
        Told().Should().Equal("1 Applied product/5", "2 Applied product/6", "2 Projected product/5,product/6");
    }

    [Fact]
    public void A_projector_quicker_than_the_telling_still_gives_both_events()
    {
        var service = new ServiceInvalidations("catalog", _stream, 100);
        service.Projected(7);
        service.Publish(7, Position, Dirty(("product", "5")));
        Told().Should().Equal("7 Applied product/5", "7 Projected product/5");
    }

    [Fact]
    public void Too_many_keys_are_named_as_their_entity()
    {
        var service = new ServiceInvalidations("catalog", _stream, 3);
        service.Publish(1, Position, Dirty([.. Enumerable.Range(1, 50).Select(id => ("product", $"{id}")), ("category", "2")]));
        service.Publish(2, Position, Dirty(("product", "5"), ("all", "*")));
        Told().Should().Equal("1 Applied category/2,product/*", "2 Applied all/*");
    }

    [Fact]
    public void A_batch_that_was_committed_but_never_told_is_told_as_everything()
    {
        var service = new ServiceInvalidations("catalog", _stream, 100);
        service.Began(6, Position);
        service.Publish(7, Position, Dirty(("product", "5")));
        service.Began(7, Position);
        service.Began(8, Position);
        Told().Should().Equal("6 Applied all/*", "7 Applied product/5", "8 Applied all/*");
    }

    [Fact]
    public void A_listener_goes_on_where_it_was_unless_that_is_gone_or_another_process_numbered_it()
    {
        var service = new ServiceInvalidations("catalog", _stream, 100);
        service.Publish(1, Position, Dirty(("product", "1")));
        var id = _stream.Id(_stream.Last);
        service.Publish(2, Position, Dirty(("product", "2")));
        _stream.TryResume(id, out var number).Should().BeTrue();
        _stream.After(number)!.Select(item => item.Event.Sequence).Should().Equal(2);

        for (var sequence = 3; sequence < 9; sequence++)
        {
            service.Publish(sequence, Position, Dirty(("product", "2")));
        }

        _stream.TryResume(id, out _).Should().BeFalse("it has fallen out of the ring");
        _stream.After(number).Should().BeNull();
        new InvalidationStream(4, new FakeTimeProvider()).TryResume(_stream.Id(0), out _).Should().BeFalse("another process gave that number");
        _stream.TryResume("nonsense", out _).Should().BeFalse();
    }

    private static DirtyKeys Dirty(params IEnumerable<(string Entity, string Key)> keys)
    {
        var dirty = new DirtyKeys();
        foreach (var (entity, key) in keys)
        {
            dirty.Add(entity, key);
        }

        return dirty;
    }

    private List<string> Told() => [.. _stream.After(0)!.Select(item => $"{item.Event.Sequence} {item.Event.Stage} {string.Join(',', item.Event.Keys.Select(key => $"{key.Entity}/{key.Key}"))}")];
}
