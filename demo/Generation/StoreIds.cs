namespace Strangler.Demo.Generation;

/// <summary>The ids of the demo's fixed rows: websites, store views, attribute sets, tax classes.</summary>
internal static class StoreIds
{
    public const int Admin = 0;
    public const int Default = 1;
    public const int German = 2;
    public const int Outlet = 3;

    public const int BaseWebsite = 1;
    public const int OutletWebsite = 2;

    public const int RootCategory = 2;

    public const int CustomerType = 1;
    public const int CustomerAddressType = 2;
    public const int CategoryType = 3;
    public const int ProductType = 4;

    public const int DefaultSet = 4;
    public const int ApparelSet = 9;
    public const int GearSet = 10;
    public const int DownloadableSet = 11;

    public const int TaxableGoods = 2;
    public const int RetailCustomer = 3;

    /// <summary>The customer group id that stands for all groups in tier prices.</summary>
    public const int AllGroups = 32000;
}
