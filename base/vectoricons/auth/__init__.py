"""Signing up, signing in, and what proves who somebody is.

Who works for guests here decides itself who may do what; a refusal never tells whether an address is known.
"""
