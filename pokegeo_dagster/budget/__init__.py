"""How much it may cost, and did: prices, caps, quotas, who is cast, estimates, and the one path to a paid
call. Pure: no network, disk, clock or environment; time and settings are arguments."""
