"""How many false alarms the rule of what is normal gives, and what it sees, beside others."""
