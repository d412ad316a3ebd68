using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MySqlConnector;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>TLS as a connection string names it: <c>SslMode</c>, <c>SslCa</c>, <c>SslCert</c> and <c>SslKey</c> mean what they mean to MySqlConnector.</summary>
internal static class TlsUpgrade
{
    public static async Task<SslStream> AuthenticateAsync(Stream stream, MySqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, chain, errors) => IsTrusted(settings, certificate, chain, errors));
        var options = new SslClientAuthenticationOptions { TargetHost = settings.Server };
        if (settings.SslCert.Length > 0)
        {
            // The private key read from PEM is ephemeral, which SslStream accepts only as PKCS#12.
            using var pem = X509Certificate2.CreateFromPemFile(settings.SslCert, settings.SslKey.Length > 0 ? settings.SslKey : null);
            options.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)];
        }

        try
        {
            await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    private static bool IsTrusted(MySqlConnectionStringBuilder settings, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (settings.SslMode is MySqlSslMode.Preferred or MySqlSslMode.Required)
        {
            return true;
        }

        if (settings.SslMode == MySqlSslMode.VerifyCA)
        {
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        if (settings.SslCa.Length > 0 && certificate is X509Certificate2 presented && chain is not null)
        {
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            own.ChainPolicy.CustomTrustStore.ImportFromPemFile(settings.SslCa);
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
            errors &= ~SslPolicyErrors.RemoteCertificateChainErrors;
            errors |= own.Build(presented) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
        }

        return errors == SslPolicyErrors.None;
    }
}
