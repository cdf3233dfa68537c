"""What the house voice and the house foley stage are built of: numpy, and one small neural voice."""
