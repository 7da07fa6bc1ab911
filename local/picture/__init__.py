"""The architecture as a picture, drawn from a stack's state: what there is, and who may do what with it."""
