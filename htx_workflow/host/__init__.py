"""Processes of one machine: what runs for a while and owns files, clocks and servers."""
