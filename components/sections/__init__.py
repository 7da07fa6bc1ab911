"""The sections of a stack file, by what they are about."""
