"""The command line `htx`."""
