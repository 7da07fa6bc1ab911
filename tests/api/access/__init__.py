"""Who gets what of the API: a table for each group of resources, held against every route there is."""
