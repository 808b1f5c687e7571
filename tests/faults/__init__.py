"""What must hold when somebody kills, meddles, or all come at once."""
