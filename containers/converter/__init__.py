"""The batch converter: many drawings to images, between folders and buckets or for the catalogue."""
