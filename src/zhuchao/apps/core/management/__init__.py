"""What the core app offers on the command line."""
