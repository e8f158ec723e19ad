namespace MlNetMobileViT;

/// <summary>A row that was marked because its image cannot be read, or because the model gives no numbers for it.</summary>
/// <param name="Row">The number of the row in its pass over the data, from 0; what a prediction engine is given has no place in data.</param>
/// <param name="Name">The path of the image file; for an image that has none, what the messages of errors call it.</param>
/// <param name="Error">What is wrong; its message is the text of the error column.</param>
public sealed record BadImage(long Row, string Name, Exception Error);
