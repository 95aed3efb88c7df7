"""How often drift is said where there is none, how much of it is seen, and what looking costs."""
