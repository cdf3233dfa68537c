"""The machinery every department shares: partitions, takes, the studio, the floor where work is done."""
