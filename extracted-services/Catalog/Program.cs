using Strangler.Catalog;
using Strangler.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("catalog");
builder.AddCatalog();

var app = builder.Build();
app.MapCatalog();
app.Run();
