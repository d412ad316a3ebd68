namespace Strangler.WebApi.Authentication;

/// <summary>Magento's user types, by the numbers its tokens and tables carry.</summary>
public enum UserType
{
    Integration = 1,
    Admin = 2,
    Customer = 3,
    Guest = 4,
}
