namespace MlNetMobileViT;

/// <summary>
/// The model of an estimator and of the transformers that it makes. One that the user created is left alone; one that was
/// loaded from a file goes with the last transformer that uses it, and has no session before the first.
/// </summary>
internal sealed class SharedModel(MobileViTModel model, bool isOwned)
{
    private readonly Lock _gate = new();
    private int _users;

    /// <summary>The model, for what it says about itself.</summary>
    public MobileViTModel Model { get; private set; } = model;

    /// <summary>The model, for a new user.</summary>
    public MobileViTModel Acquire()
    {
        lock (_gate)
        {
            if (isOwned)
            {
                if (Model.IsDisposed)
                {
                    Model = Model.Reload();
                }

                // Here, where it is an error of the call: among the rows it would be one of every image.
                Model.Session.Open();
            }

            _users++;
            return Model;
        }
    }

    /// <summary>Says that a user is done.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_users == 0 && isOwned)
            {
                Model.Dispose();
            }
        }
    }

    /// <summary>Says that there will be no users.</summary>
    public void Discard()
    {
        if (isOwned)
        {
            Model.Dispose();
        }
    }
}
