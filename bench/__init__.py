"""The figures the studio promises, measured. `make bench` runs them all."""
