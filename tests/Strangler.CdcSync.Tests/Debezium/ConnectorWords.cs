using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>Messages as a connector of the prefix <c>shop</c> would write them of the tables <c>parent</c> and <c>child</c>, made by the test.</summary>
internal static class ConnectorWords
{
    public const string Parent = "shop.store.parent";
    public const string Child = "shop.store.child";

    public static RecordedMessage[] Tables { get; } =
    [
        Statement("parent", "CREATE TABLE parent (id int PRIMARY KEY, name varchar(20))", """[{"name":"id","typeName":"INT","position":1,"optional":false},{"name":"name","typeName":"VARCHAR","charsetName":"utf8mb4","length":20,"position":2,"optional":true}]"""),
        Statement("child", "CREATE TABLE child (id int PRIMARY KEY, parent_id int, price decimal(12,4), FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE)",
            """[{"name":"id","typeName":"INT","position":1,"optional":false},{"name":"parent_id","typeName":"INT","position":2,"optional":true},{"name":"price","typeName":"DECIMAL","length":12,"scale":4,"position":3,"optional":true}]"""),
        Statement("note", "CREATE TABLE note (id int PRIMARY KEY, kind varchar(20) DEFAULT 'plain', title varchar(20) NOT NULL DEFAULT '')",
            """[{"name":"id","typeName":"INT","position":1,"optional":false},{"name":"kind","typeName":"VARCHAR","length":20,"position":2,"optional":true,"hasDefaultValue":true,"defaultValueExpression":"plain"},{"name":"title","typeName":"VARCHAR","length":20,"position":3,"optional":false,"hasDefaultValue":true,"defaultValueExpression":""}]"""),
    ];

    /// <summary>A change of a row at a place in the log, in a transaction <c>0-1-n</c>.</summary>
    public static RecordedMessage Change(string topic, char operation, int id, string? before, string? after, int transaction, int order = 1, bool isTold = true, string snapshot = "false") => Message(
        topic, $$"""{"id":{{id}}}""",
        $$"""
        {"before":{{before ?? "null"}},"after":{{after ?? "null"}},"source":{"connector":"mariadb","ts_ms":1,"snapshot":"{{snapshot}}","db":"store","table":"{{topic[(topic.LastIndexOf('.') + 1)..]}}","gtid":"0-1-{{transaction}}","file":"mysql-bin.000001","pos":{{(transaction * 1000) + order}},"row":0},
        "transaction":{{(isTold ? $$"""{"id":"0-1-{{transaction}}","total_order":{{order}},"data_collection_order":1}""" : "null")}},"op":"{{operation}}"}
        """);

    public static RecordedMessage Begin(int transaction) => Message("shop.transaction", $$"""{"id":"0-1-{{transaction}}"}""", $$"""{"status":"BEGIN","id":"0-1-{{transaction}}","event_count":null,"data_collections":null,"ts_ms":1}""");

    public static RecordedMessage End(int transaction, int parents, int children) => Message(
        "shop.transaction", $$"""{"id":"0-1-{{transaction}}"}""",
        $$"""{"status":"END","id":"0-1-{{transaction}}","event_count":{{parents + children}},"data_collections":[{"data_collection":"store.parent","event_count":{{parents}}},{"data_collection":"store.child","event_count":{{children}}}],"ts_ms":1}""");

    public static RecordedMessage Message(string topic, string? key, string? value) =>
        new(topic, 0, 1, [], key is null ? null : Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));

    public static string ParentRow(int id, string name) => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"name":"{{name}}"}""");

    /// <summary>The price is 1.5000.</summary>
    public static string ChildRow(int id, int parent, string price = "\"Opg=\"") => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"parent_id":{{parent}},"price":{{price}}}""");

    private static RecordedMessage Statement(string table, string ddl, string columns) => Message(
        "shop", """{"databaseName":"store"}""",
        $$$"""
        {"source":{"connector":"mariadb","snapshot":"true","db":"store","table":"{{{table}}}","gtid":null,"file":"mysql-bin.000001","pos":4,"row":0},"databaseName":"store","ddl":"{{{ddl}}}",
        "tableChanges":[{"type":"CREATE","id":"\"store\".\"{{{table}}}\"","table":{"defaultCharsetName":"utf8mb4","primaryKeyColumnNames":["id"],"columns":{{{columns}}}}}]}
        """);
}
