"""How the house draws animals: a posed figure of soft parts, modelled, clad, lit and painted."""
