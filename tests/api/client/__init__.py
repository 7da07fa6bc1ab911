"""The client that is generated from the API's document, at work."""
