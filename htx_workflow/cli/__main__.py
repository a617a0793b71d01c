"""`python -m htx_workflow.cli` is `htx`."""

from htx_workflow.cli import main

main()
