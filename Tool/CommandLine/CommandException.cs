namespace MlNetMobileViT.Tool;

/// <summary>Something that the user can mend; the message is the one sentence that is printed.</summary>
internal sealed class CommandException(string message, Exception? innerException = null)
    : Exception(message, innerException);
