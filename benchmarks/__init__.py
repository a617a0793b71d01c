"""Each headline figure of the software, measured beside a peer in the same run (đo hiệu năng).

`make bench`, or `python -m benchmarks [NAME…] [--write]`: idle-tick, full-tick, compose, help, replay. What a peer is
and what it leaves out stands with each figure's module. A machine is never quiet, so figures are repeated and the
median is shown; a ratio to a peer of the same minutes says more than a number of seconds. *Pace* says how much longer
than at best a fixed loop keeps the processor busy at that moment: 1.0 on an undisturbed machine, more on a shared one.
Nothing here is a test.
"""
