"""The way of the data, in order, on one screen: read, normalise, resolve, classify, check, publish."""
