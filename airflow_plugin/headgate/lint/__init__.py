"""What is wrong in a contract, and what it lacks."""
