using System.Globalization;
using Microsoft.AspNetCore.Components;
using Strangler.Demo.Catalog;
using Strangler.Demo.Identity;
using Strangler.Demo.Pages;
using Strangler.Demo.Serving;
using Strangler.Demo.Storefront;

namespace Strangler.Demo.Admin;

/// <summary>The back office under <c>/admin</c>: sign in, find a product, edit it in a scope.</summary>
internal sealed class AdminHandler(
    AdminSessions sessions, AdminProducts products, ProductWriter writer, Accounts accounts, StoreDirectory stores, PageRenderer renderer, ScopeResolver scopes, TimeProvider time)
{
    private const string Prefix = "/admin";
    private const string Grid = "admin/catalog/product/";

    public async Task HandleAsync(HttpContext http)
    {
        var session = sessions.Get(http);
        var path = http.Request.Path.Value![Prefix.Length..].Trim('/').Split('/');
        if (session.User is null)
        {
            await SignInAsync(http, session);
            return;
        }

        switch (path)
        {
            case ["admin", "auth", "logout", ..]:
                sessions.End(session);
                sessions.Start(http, null);
                Redirect(http, "admin/");
                break;
            case ["catalog", "product"] or ["catalog", "product", "index", ..]:
                await GridAsync(http, session);
                break;
            case ["catalog", "product", "edit", "id", var id, ..] when int.TryParse(id, out var product):
                await EditAsync(http, session, product);
                break;
            case ["catalog", "product", "save", "id", var id, ..] when HttpMethods.IsPost(http.Request.Method) && int.TryParse(id, out var product):
                await SaveAsync(http, session, product);
                break;
            default:
                Redirect(http, Grid);
                break;
        }
    }

    private async Task SignInAsync(HttpContext http, AdminSession session)
    {
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.HasFormContentType)
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            if (form["form_key"] != session.FormKey)
            {
                session.Error = "Invalid Form Key. Please refresh the page.";
            }
            else if (await accounts.CheckAdminAsync(form["login[username]"].ToString(), form["login[password]"].ToString(), http.RequestAborted) is null)
            {
                session.Error = "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.";
            }
            else
            {
                sessions.End(session);
                sessions.Start(http, form["login[username]"].ToString());
                Redirect(http, Grid);
                return;
            }
        }

        await ShowAsync<AdminLogin>(http, session, []);
    }

    private async Task GridAsync(HttpContext http, AdminSession session)
    {
        var search = http.Request.Query["search"].ToString().Trim();
        var page = int.TryParse(http.Request.Query["p"], out var asked) && asked > 0 ? asked : 1;
        var (rows, more) = await products.GridAsync(search, page, http.RequestAborted);
        await ShowAsync<AdminGrid>(http, session, new() { ["Rows"] = rows, ["Search"] = search, ["Page"] = page, ["More"] = more });
    }

    private async Task EditAsync(HttpContext http, AdminSession session, int id)
    {
        if (await products.FindAsync(id, StoreOf(http.Request.Query["store"].ToString()), http.RequestAborted) is not { } model)
        {
            session.Error = "This product doesn't exist.";
            Redirect(http, Grid);
            return;
        }

        await ShowAsync<AdminEdit>(http, session, new() { ["Model"] = model, ["Views"] = await stores.AllAsync(http.RequestAborted) });
    }

    private async Task SaveAsync(HttpContext http, AdminSession session, int id)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var store = StoreOf(form["store"].ToString());
        var back = $"admin/catalog/product/edit/id/{id}/?store={store}";
        if (form["form_key"] != session.FormKey)
        {
            session.Error = "Invalid Form Key. Please refresh the page.";
            Redirect(http, back);
            return;
        }

        if (await products.FindAsync(id, store, http.RequestAborted) is not { } model)
        {
            session.Error = "This product doesn't exist.";
            Redirect(http, Grid);
            return;
        }

        var (change, fault) = Read(form, model);
        if (fault is not null)
        {
            session.Error = fault;
        }
        else
        {
            await writer.SaveAsync(change, http.RequestAborted);
            session.Success = "You saved the product.";
        }

        Redirect(http, back);
    }

    private static (ProductChange Change, string? Fault) Read(IFormCollection form, EditModel model)
    {
        var change = new ProductChange(model.Id, model.StoreId);
        foreach (var field in model.Fields)
        {
            if (form[$"use_default[{field.Code}]"] == "1")
            {
                change.UseDefault.Add(field.Code);
            }
            else if (form.TryGetValue($"product[{field.Code}]", out var sent))
            {
                var text = sent.ToString().Trim();
                var isPrice = field.Code is "price" or "special_price";
                if (isPrice && text.Length > 0 && (!decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var price) || price < 0))
                {
                    return (change, $"Please enter a number 0 or greater in the \"{field.Label}\" field.");
                }

                if (field.Code is "name" or "price" && text.Length == 0)
                {
                    return (change, $"\"{field.Label}\" is a required value.");
                }

                change.Values[field.Code] = text.Length == 0 ? null : isPrice ? decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : text;
            }
        }

        var qty = form["product[quantity_and_stock_status][qty]"].ToString();
        if (qty.Length > 0)
        {
            if (!decimal.TryParse(qty, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
            {
                return (change, "Please enter a number in the \"Quantity\" field.");
            }

            change.Qty = number;
        }

        if (form["product[quantity_and_stock_status][is_in_stock]"].ToString() is { Length: > 0 } inStock)
        {
            change.IsInStock = inStock == "1";
        }

        return (change, null);
    }

    private static int StoreOf(string text) => int.TryParse(text, out var store) ? store : StoreView.AdminId;

    private void Redirect(HttpContext http, string path)
    {
        StorefrontHeaders.NoCache(http.Response, time.GetUtcNow());
        StorefrontHeaders.Security(http.Response);
        http.Response.StatusCode = StatusCodes.Status302Found;
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers.Location = new Uri(scopes.BaseUrl(http), path).AbsoluteUri;
    }

    private async Task ShowAsync<T>(HttpContext http, AdminSession session, Dictionary<string, object?> parameters) where T : IComponent
    {
        parameters["FormKey"] = session.FormKey;
        parameters["BaseUrl"] = scopes.BaseUrl(http);
        parameters["Success"] = session.Success;
        parameters["Error"] = session.Error;
        session.Success = session.Error = null;
        var html = await renderer.RenderAsync(typeof(T), parameters);
        StorefrontHeaders.NoCache(http.Response, time.GetUtcNow());
        StorefrontHeaders.Security(http.Response);
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers.Vary = "Accept-Encoding";
        await http.Response.WriteAsync(html, http.RequestAborted);
    }
}
