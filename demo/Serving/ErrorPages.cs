namespace Strangler.Demo.Serving;

/// <summary>The pages that Magento shows when it cannot run at all.</summary>
internal static class ErrorPages
{
    public static async Task WriteInternalErrorAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers.Vary = "Accept-Encoding";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.XXSSProtection = "1; mode=block";
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        var report = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        await http.Response.WriteAsync($"""
            <!doctype html>
            <html lang="en"><head><title>There has been an error processing your request</title></head>
            <body><h1>There has been an error processing your request</h1><p>Error log record number: {report}</p></body></html>
            """, http.RequestAborted);
    }
}
