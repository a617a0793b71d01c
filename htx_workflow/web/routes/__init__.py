"""The addresses of the portal, one module a room; each has `add(app, portal)`."""
