"""The icons service: free icons as Iconify's clients ask for them. Apart from the api: no session, no key."""
